import { refusal } from '@latchkey/core';

/** The last proof is too long ago for what is asked. */
export const sessionReverificationRequired = (level: string, afterMinutes: number) =>
  refusal(
    403,
    'session_reverification_required',
    'Additional verification required',
    'You need to verify once more that it is you before you can do this.',
    { reverification: { level, afterMinutes } },
  );

/** Nothing was started that could be prepared or attempted. */
export const sessionReverificationMissing = () =>
  refusal(
    400,
    'session_reverification_missing',
    'Reverification missing',
    'Start the reverification of the session first.',
  );

/** Another factor is wanted now. */
export const invalidActionForSessionReverification = () =>
  refusal(
    400,
    'invalid_action_for_session_reverification',
    'Invalid action',
    'The reverification of the session is not at that step.',
  );
