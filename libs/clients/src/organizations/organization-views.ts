import type { OrganizationJSON } from '@clerk/shared/types';
import type { JsonObject, RequestContext } from '@latchkey/contracts';
import { ReadThrough, type SharedState } from '@latchkey/state';

/** A role with what it allows. */
export interface RoleView {
  id: string;
  key: string;
  name: string;
  /** Every permission's key; those of the product's own begin with `org:sys_`. */
  permissions: string[];
}

/** What new organizations of an instance begin with. */
export interface InitialRoles {
  /** The role set of new organizations. */
  role_set_key: string;
  /** The key of the role of those who create organizations. */
  creator_role: string;
  /** The key of the role of those who join by a domain. */
  default_role: string;
  limits: { roles: number; role_sets: number; domains: number };
}

/** A membership without its organization. */
export interface MembershipView {
  id: string;
  organization_id: string;
  role_id: string;
  public_metadata: JsonObject;
  /** When a server has made the user a member, in milliseconds. */
  granted_at: number | null;
  /** Milliseconds. */
  created_at: number;
  updated_at: number;
}

/** The bound on an entry's age should its clearing be lost. */
const LIFETIME_MS = 60_000;
/** How long tokens keep saying what was true last while the organizations service does not answer. */
const OUTAGE_MS = 3_600_000;

type Load<T> = (missing: string[]) => Promise<T[]>;

/**
 * Organizations, roles and memberships in shared state, cleared by `organizations` after each change. What a token or a
 * user shows of a membership is put together from these parts, so that a renamed role or organization clears one entry and
 * not one for each member.
 */
export class OrganizationViews {
  private readonly organizations: ReadThrough<OrganizationJSON>;
  private readonly roles: ReadThrough<RoleView>;
  private readonly memberships: ReadThrough<MembershipView>;
  private readonly lists: ReadThrough<MembershipView[]>;
  private readonly initial: ReadThrough<InitialRoles>;

  constructor(state: SharedState) {
    // No local copies: a changed role or a removed member must show in the next answer of every replica.
    const kept = { ttlMs: LIFETIME_MS, localTtlMs: 0, staleOnErrorMs: OUTAGE_MS };
    this.organizations = new ReadThrough(state, { name: 'organization', ...kept });
    this.roles = new ReadThrough(state, { name: 'organization_role', ...kept });
    this.memberships = new ReadThrough(state, { name: 'membership', ...kept });
    this.lists = new ReadThrough(state, { name: 'memberships_of', ...kept });
    this.initial = new ReadThrough(state, { name: 'initial_roles', ...kept });
  }

  /** Organizations by id, as FAPI shows them. */
  organizationsOf({ instanceId }: RequestContext, ids: readonly string[], load: Load<OrganizationJSON>) {
    return many(this.organizations, instanceId, ids, load);
  }

  /** As `organizationsOf`, as JSON texts in the order of `ids`; null for those that there are not. */
  organizationTextsOf({ instanceId }: RequestContext, ids: readonly string[], load: Load<OrganizationJSON>) {
    return this.organizations.getManyTexts(keysOf(instanceId, ids), inOrder(instanceId, load));
  }

  /** Roles by id. */
  rolesOf({ instanceId }: { instanceId: string }, ids: readonly string[], load: Load<RoleView>) {
    return many(this.roles, instanceId, ids, load);
  }

  /** The roles that new organizations begin with. */
  async initialRoles({ instanceId }: RequestContext, load: () => Promise<InitialRoles>): Promise<InitialRoles> {
    return (await this.initial.get(instanceId, load)) ?? load();
  }

  /** A user's membership in one organization. */
  membership(
    { instanceId }: RequestContext,
    userId: string,
    organizationId: string,
    load: () => Promise<MembershipView | null>,
  ): Promise<MembershipView | null> {
    return this.memberships.get(`${instanceId}:${userId}:${organizationId}`, load);
  }

  /** All memberships of a user, oldest first, as the JSON text of `MembershipView[]`. */
  async membershipsTextOf(
    { instanceId }: RequestContext,
    userId: string,
    load: () => Promise<MembershipView[]>,
  ): Promise<string> {
    const [text] = await this.lists.getManyTexts([`${instanceId}:${userId}`], async () => [await load()]);
    return text ?? '[]';
  }

  /** After the commit of a change to an organization, its number of members included. */
  organizationChanged(instanceId: string, organizationId: string): Promise<void> {
    return this.organizations.invalidate(`${instanceId}:${organizationId}`);
  }

  /** After the commit of a change to roles or their permissions. */
  async rolesChanged(instanceId: string, ...roleIds: string[]): Promise<void> {
    await Promise.all([
      this.roles.invalidate(...roleIds.map((id) => `${instanceId}:${id}`)),
      this.initialRolesChanged(instanceId),
    ]);
  }

  /** After the commit of a change to which roles new organizations begin with. */
  initialRolesChanged(instanceId: string): Promise<void> {
    return this.initial.invalidate(instanceId);
  }

  /** After the commit of a change to the memberships of users in an organization. */
  membersChanged(instanceId: string, organizationId: string, ...userIds: string[]): Promise<void> {
    return this.membershipsChanged(
      instanceId,
      userIds.map((userId) => ({ organizationId, userId })),
    );
  }

  /** As `membersChanged`, for memberships of several organizations at once. */
  async membershipsChanged(instanceId: string, rows: { organizationId: string; userId: string }[]): Promise<void> {
    const users = [...new Set(rows.map(({ userId }) => userId))];
    await Promise.all([
      this.memberships.invalidate(
        ...rows.map(({ organizationId, userId }) => `${instanceId}:${userId}:${organizationId}`),
      ),
      this.lists.invalidate(...users.map((id) => `${instanceId}:${id}`)),
    ]);
  }
}

async function many<T extends { id: string }>(
  cache: ReadThrough<T>,
  instanceId: string,
  ids: readonly string[],
  load: Load<T>,
): Promise<Map<string, T>> {
  const found = await cache.getMany(keysOf(instanceId, ids), inOrder(instanceId, load));
  return new Map(found.flatMap((item) => (item ? [[item.id, item]] : [])));
}

const keysOf = (instanceId: string, ids: readonly string[]) => ids.map((id) => `${instanceId}:${id}`);

/** What a cache asks for by its keys, in their order. */
const inOrder =
  <T extends { id: string }>(instanceId: string, load: Load<T>) =>
  async (missing: string[]): Promise<(T | null)[]> => {
    const wanted = missing.map((key) => key.slice(instanceId.length + 1));
    const loaded = new Map((await load(wanted)).map((item) => [item.id, item]));
    return wanted.map((id) => loaded.get(id) ?? null);
  };
