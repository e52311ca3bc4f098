import { refusal } from '@latchkey/core';

/** Not one of this instance's tickets. */
export const ticketInvalid = () =>
  refusal(400, 'ticket_invalid_code', 'is invalid', 'This link is not valid.', { param_name: 'ticket' });

/** Its time is over. */
export const ticketExpired = () =>
  refusal(400, 'ticket_expired_code', 'expired', 'This link has expired. Ask for a new one.', { param_name: 'ticket' });
