import { ApiError } from '@latchkey/core';

/** The last proof is too long ago for what is asked. */
export const sessionReverificationRequired = (level: string, afterMinutes: number) =>
  new ApiError(403, {
    code: 'session_reverification_required',
    message: 'Additional verification required',
    long_message: 'You need to verify once more that it is you before you can do this.',
    meta: { reverification: { level, afterMinutes } },
  });

/** Nothing was started that could be prepared or attempted. */
export const sessionReverificationMissing = () =>
  new ApiError(400, {
    code: 'session_reverification_missing',
    message: 'Reverification missing',
    long_message: 'Start the reverification of the session first.',
  });

/** Another factor is wanted now. */
export const invalidActionForSessionReverification = () =>
  new ApiError(400, {
    code: 'invalid_action_for_session_reverification',
    message: 'Invalid action',
    long_message: 'The reverification of the session is not at that step.',
  });
