import type { PublicUserDataJSON } from '@clerk/shared/types';
import type { RequestContext } from '@latchkey/contracts';
import { ReadThrough, type SharedState } from '@latchkey/state';

/** What the other services may know of a user. */
export interface UserSummary {
  id: string;
  /** What other users may see. */
  public_user_data: PublicUserDataJSON & { user_id: string };
  /** The primary one first. */
  email_addresses: { email_address: string; is_verified: boolean }[];
  phone_numbers: string[];
  web3_wallets: string[];
  create_organization_enabled: boolean;
  /** Null is the instance's own limit. */
  create_organizations_limit: number | null;
  /** Milliseconds. */
  last_active_at: number | null;
  updated_at: number;
}

/**
 * Summaries of users in shared state, cleared by identity after each change. Read in batches, so that a page of members
 * costs one look and at most one call.
 */
export class UserSummaries {
  private readonly cache: ReadThrough<UserSummary>;

  constructor(state: SharedState) {
    this.cache = new ReadThrough<UserSummary>(state, { name: 'user_summary', ttlMs: 600_000, localTtlMs: 0 });
  }

  /** The users of `ids`, by id; `load` is asked for those that shared state does not hold. Unknown ones are left out. */
  async get(
    ctx: RequestContext,
    ids: readonly string[],
    load: (missing: string[]) => Promise<UserSummary[]>,
  ): Promise<Map<string, UserSummary>> {
    const prefix = `${ctx.instanceId}:`;
    const found = await this.cache.getMany(
      ids.map((id) => prefix + id),
      async (missing) => {
        const wanted = missing.map((key) => key.slice(prefix.length));
        const loaded = new Map((await load(wanted)).map((user) => [user.id, user]));
        return wanted.map((id) => loaded.get(id) ?? null);
      },
    );
    return new Map(found.flatMap((user) => (user ? [[user.id, user]] : [])));
  }

  /** Makes the next read ask identity. Call it after the commit of a change to the users or what belongs to them. */
  changed(instanceId: string, ...userIds: string[]): Promise<void> {
    return this.cache.invalidate(...userIds.map((id) => `${instanceId}:${id}`));
  }
}

/** Rows of a user's addresses or numbers in the order of summaries and profiles: the primary one, then the others as they are. */
export const primaryFirst = <T extends { id: string }>(rows: T[], primaryId: string | null): T[] => [
  ...rows.filter((row) => row.id === primaryId),
  ...rows.filter((row) => row.id !== primaryId),
];
