import { refusal } from '@latchkey/core';

/** It was used or revoked before. */
export const signInTokenCannotBeRevoked = () =>
  refusal(
    400,
    'sign_in_token_cannot_be_revoked_code',
    'cannot be revoked',
    'Only a pending sign-in token can be revoked.',
  );

/** Somebody has signed in with it. */
export const signInTokenAlreadyUsed = () =>
  refusal(400, 'sign_in_token_already_used_code', 'already used', 'This sign-in token has already been used.');

/** It was withdrawn. */
export const signInTokenRevoked = () =>
  refusal(400, 'sign_in_token_revoked_code', 'revoked', 'This sign-in token has been revoked.');

/** It signs in; it does not sign up. */
export const signInTokenNotInSignIn = () =>
  refusal(400, 'sign_in_token_not_in_sign_in_code', 'not in sign in', 'A sign-in token can only be used to sign in.');
