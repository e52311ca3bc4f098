import { Injectable } from '@nestjs/common';
import { randomText, sameSecret, SecretBox } from '@latchkey/core';

const NONCE_LENGTH = 22;

/**
 * Refresh tokens: with one, and an expired session token, an app's server asks for a new session token without sending the
 * browser around. They are proofs under the master key and bound to the session, so that none is stored and handshakes of
 * several apps on one session do not take each other's away.
 */
@Injectable()
export class RefreshTokensService {
  constructor(private readonly box: SecretBox) {}

  /** A refresh token of the session. Good as long as the session lives. */
  issue(instanceId: string, sessionId: string): string {
    const nonce = randomText(NONCE_LENGTH);
    return `${nonce}.${this.proof(instanceId, sessionId, nonce)}`;
  }

  /** Whether `token` is one of the session. */
  verify(instanceId: string, sessionId: string, token: string): boolean {
    const [nonce = '', proof = ''] = token.split('.');
    return nonce !== '' && sameSecret(proof, this.proof(instanceId, sessionId, nonce));
  }

  private proof(instanceId: string, sessionId: string, nonce: string): string {
    return this.box.mac(`refresh\n${instanceId}\n${sessionId}\n${nonce}`);
  }
}
