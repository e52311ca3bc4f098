import { refusal } from '@latchkey/core';

/** The request lacks what a handshake needs. */
export const invalidHandshake = (reason: string) => refusal(400, 'invalid_handshake', 'Invalid handshake', reason);

/** There is no handshake of this nonce, or its minute is over. */
export const handshakeNotFound = () =>
  refusal(404, 'resource_not_found', 'not found', 'There is no handshake for this nonce, or it is over.');
