import { Injectable } from '@nestjs/common';
import type { InstanceInfo } from '@latchkey/clients';
import { compactVerify, createLocalJWKSet } from 'jose';
import { LRUCache } from 'lru-cache';

type Claims = Record<string, unknown>;
type KeySet = ReturnType<typeof createLocalJWKSet>;

/** How long a good signature is remembered: no longer than a retired key may still open doors. */
const REMEMBERED_MS = 300_000;

/** The claims of tokens that an instance has signed for itself. A signature is checked once per token, not per request. */
@Injectable()
export class ClientTokens {
  private readonly verified = new LRUCache<string, Claims>({ max: 20_000, ttl: REMEMBERED_MS });
  private readonly keys = new WeakMap<InstanceInfo, KeySet>();

  /** The claims of `token`; undefined when none of the instance's keys has signed it. */
  async verify(instance: InstanceInfo, token: string): Promise<Claims | undefined> {
    const key = `${instance.id} ${token}`;
    const known = this.verified.get(key);
    if (known) return known;
    try {
      const { payload } = await compactVerify(token, this.keySet(instance), { algorithms: ['RS256'] });
      const claims = JSON.parse(Buffer.from(payload).toString()) as Claims;
      this.verified.set(key, claims);
      return claims;
    } catch {
      return undefined;
    }
  }

  private keySet(instance: InstanceInfo): KeySet {
    let keys = this.keys.get(instance);
    if (!keys) this.keys.set(instance, (keys = createLocalJWKSet({ keys: instance.jwks })));
    return keys;
  }
}

/** The client's id in a token that identity has just made. */
export function clientIdIn(token: string): string {
  return (JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { id: string }).id;
}
