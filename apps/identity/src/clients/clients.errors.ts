import { refusal } from '@latchkey/core';

/** The token is none of ours, or a newer one has taken its place. */
export const cookieInvalid = () =>
  refusal(400, 'cookie_invalid', 'Invalid cookie', 'The client token is not valid, or has been replaced.');

/** The token is ours, but its client is gone. */
export const clientNotFound = () =>
  refusal(400, 'client_not_found', 'Client not found', 'There is no client for this token.');
