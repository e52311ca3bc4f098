import { ApiError } from '@latchkey/core';

/** The client holds one session at a time, and has one. */
export const sessionExists = () =>
  new ApiError(400, {
    code: 'session_exists',
    message: 'Session already exists',
    long_message: "You're already signed in.",
  });

/** This user is signed in on the client; the SDK activates the session that `meta` names. */
export const identifierAlreadySignedIn = (sessionId: string) =>
  new ApiError(400, {
    code: 'identifier_already_signed_in',
    message: 'already signed in',
    long_message: "You're already signed in with this identifier.",
    meta: { session_id: sessionId },
  });

/** Somebody is impersonating a user here. */
export const sessionCreationNotAllowed = () =>
  new ApiError(409, {
    code: 'session_creation_not_allowed',
    message: 'Session creation not allowed',
    long_message: 'An impersonation is going on here. Sign out first.',
  });
