import { ApiError, type ErrorCode } from '@latchkey/core';

const refused = (code: ErrorCode, message: string, long_message: string) =>
  new ApiError(400, { code, message, long_message });

/** It was used or revoked before. */
export const actorTokenCannotBeRevoked = () =>
  refused('actor_token_cannot_be_revoked_code', 'cannot be revoked', 'Only a pending actor token can be revoked.');

/** Somebody has signed in with it. */
export const actorTokenAlreadyUsed = () =>
  refused('actor_token_already_used_code', 'already used', 'This actor token has already been used.');

/** It was withdrawn. */
export const actorTokenRevoked = () =>
  refused('actor_token_revoked_code', 'revoked', 'This actor token has been revoked.');

/** It signs in; it does not sign up. */
export const actorTokenNotInSignIn = () =>
  refused('actor_token_not_in_sign_in_code', 'not in sign in', 'An actor token can only be used to sign in.');

/** The user to be impersonated has been deleted. */
export const actorTokenSubjectNotFound = () =>
  new ApiError(404, {
    code: 'actor_token_subject_not_found',
    message: 'user not found',
    long_message: 'The user of this actor token no longer exists.',
  });
