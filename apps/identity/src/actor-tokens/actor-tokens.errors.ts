import { refusal } from '@latchkey/core';

/** It was used or revoked before. */
export const actorTokenCannotBeRevoked = () =>
  refusal(400, 'actor_token_cannot_be_revoked_code', 'cannot be revoked', 'Only a pending actor token can be revoked.');

/** Somebody has signed in with it. */
export const actorTokenAlreadyUsed = () =>
  refusal(400, 'actor_token_already_used_code', 'already used', 'This actor token has already been used.');

/** It was withdrawn. */
export const actorTokenRevoked = () =>
  refusal(400, 'actor_token_revoked_code', 'revoked', 'This actor token has been revoked.');

/** It signs in; it does not sign up. */
export const actorTokenNotInSignIn = () =>
  refusal(400, 'actor_token_not_in_sign_in_code', 'not in sign in', 'An actor token can only be used to sign in.');

/** The user to be impersonated has been deleted. */
export const actorTokenSubjectNotFound = () =>
  refusal(404, 'actor_token_subject_not_found', 'user not found', 'The user of this actor token no longer exists.');
