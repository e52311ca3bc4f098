import { ApiError, type ErrorCode } from '@latchkey/core';

const refused = (code: ErrorCode, message: string, long_message: string) =>
  new ApiError(400, { code, message, long_message, meta: { param_name: 'ticket' } });

/** Not one of this instance's tickets. */
export const ticketInvalid = () => refused('ticket_invalid_code', 'is invalid', 'This link is not valid.');

/** Its time is over. */
export const ticketExpired = () =>
  refused('ticket_expired_code', 'expired', 'This link has expired. Ask for a new one.');
