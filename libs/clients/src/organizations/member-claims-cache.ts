import type { RequestContext } from '@latchkey/contracts';
import { ReadThrough, type SharedState } from '@latchkey/state';
import type { MemberClaims } from './organizations-client.js';

/** The bound on an entry's age should its clearing be lost. */
const LIFETIME_MS = 60_000;
/** How long tokens keep saying what was true last while the organizations service does not answer. */
const OUTAGE_MS = 3_600_000;

/**
 * What tokens say about members, in shared state: `organizations` clears an entry after each commit that changes it, so
 * that the next token is right. No local copy.
 */
export class MemberClaimsCache {
  private readonly cache: ReadThrough<MemberClaims>;

  constructor(state: SharedState) {
    this.cache = new ReadThrough<MemberClaims>(state, {
      name: 'member',
      ttlMs: LIFETIME_MS,
      localTtlMs: 0,
      staleOnErrorMs: OUTAGE_MS,
    });
  }

  /** What the member's token says; `load` is asked when shared state does not hold it. */
  get(
    ctx: RequestContext,
    organizationId: string,
    userId: string,
    load: () => Promise<MemberClaims | null>,
  ): Promise<MemberClaims | null> {
    return this.cache.get(key(ctx.instanceId, organizationId, userId), load);
  }

  /** Makes the next token of these members ask anew: after a change of their membership, their role or the organization. */
  changed(instanceId: string, organizationId: string, ...userIds: string[]): Promise<void> {
    return this.cache.invalidate(...userIds.map((userId) => key(instanceId, organizationId, userId)));
  }
}

const key = (instanceId: string, organizationId: string, userId: string) => `${instanceId}:${organizationId}:${userId}`;
