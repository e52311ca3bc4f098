import { ApiError, type ErrorCode } from '@latchkey/core';

const refused = (code: ErrorCode, message: string, long_message: string) =>
  new ApiError(400, { code, message, long_message });

/** It was used or revoked before. */
export const signInTokenCannotBeRevoked = () =>
  refused('sign_in_token_cannot_be_revoked_code', 'cannot be revoked', 'Only a pending sign-in token can be revoked.');

/** Somebody has signed in with it. */
export const signInTokenAlreadyUsed = () =>
  refused('sign_in_token_already_used_code', 'already used', 'This sign-in token has already been used.');

/** It was withdrawn. */
export const signInTokenRevoked = () =>
  refused('sign_in_token_revoked_code', 'revoked', 'This sign-in token has been revoked.');

/** It signs in; it does not sign up. */
export const signInTokenNotInSignIn = () =>
  refused('sign_in_token_not_in_sign_in_code', 'not in sign in', 'A sign-in token can only be used to sign in.');
