import { ApiError } from '@latchkey/core';

/** The token is none of ours, or a newer one has taken its place. */
export const cookieInvalid = () =>
  new ApiError(400, {
    code: 'cookie_invalid',
    message: 'Invalid cookie',
    long_message: 'The client token is not valid, or has been replaced.',
  });

/** The token is ours, but its client is gone. */
export const clientNotFound = () =>
  new ApiError(400, {
    code: 'client_not_found',
    message: 'Client not found',
    long_message: 'There is no client for this token.',
  });
