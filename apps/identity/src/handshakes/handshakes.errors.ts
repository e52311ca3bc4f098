import { ApiError } from '@latchkey/core';

/** The request lacks what a handshake needs. */
export const invalidHandshake = (reason: string) =>
  new ApiError(400, { code: 'invalid_handshake', message: 'Invalid handshake', long_message: reason });

/** There is no handshake of this nonce, or its minute is over. */
export const handshakeNotFound = () =>
  new ApiError(404, {
    code: 'resource_not_found',
    message: 'not found',
    long_message: 'There is no handshake for this nonce, or it is over.',
  });
