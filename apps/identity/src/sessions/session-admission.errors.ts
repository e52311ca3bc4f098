import { refusal } from '@latchkey/core';

/** The client holds one session at a time, and has one. */
export const sessionExists = () =>
  refusal(400, 'session_exists', 'Session already exists', "You're already signed in.");

/** This user is signed in on the client; the SDK activates the session that `meta` names. */
export const identifierAlreadySignedIn = (sessionId: string) =>
  refusal(400, 'identifier_already_signed_in', 'already signed in', "You're already signed in with this identifier.", {
    session_id: sessionId,
  });

/** Somebody is impersonating a user here. */
export const sessionCreationNotAllowed = () =>
  refusal(
    409,
    'session_creation_not_allowed',
    'Session creation not allowed',
    'An impersonation is going on here. Sign out first.',
  );
