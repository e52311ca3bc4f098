import type { OrganizationJSON, OrganizationMembershipJSON } from '@clerk/shared/types';
import type { JsonObject, RequestContext } from '@latchkey/contracts';
import { RawJson } from '@latchkey/core';
import type { SharedState } from '@latchkey/state';
import { LRUCache } from 'lru-cache';
import { inBatches, ServiceClient } from '../service-client.js';
import type { ServiceTransport } from '../service-transport.js';
import { OrganizationViews, type InitialRoles, type MembershipView, type RoleView } from './organization-views.js';

/** What a session's token may say about an organization and its member. */
export interface MemberClaims {
  organization: { id: string; slug: string; name: string; image_url: string; public_metadata: JsonObject };
  /** The role's key, with `org:`. */
  role: string;
  /** The keys of the role's permissions, with `org:`, system permissions included. */
  permissions: string[];
  membership: { public_metadata: JsonObject };
}

/** What a ticket of an invitation stands for. */
export interface InvitationTicket {
  invitation_id: string;
  organization_id: string;
  email_address: string;
  /** Where the link leads; null is the application's own sign-in or sign-up. */
  redirect_url: string | null;
  /** Milliseconds. */
  expires_at: number;
}

/** Users by the organizations that they belong to. */
export interface MemberSelection {
  include: string[];
  exclude: string[];
}

/** Begins every ticket of an organization's invitation, so that it is told from other tickets. */
export const ORGANIZATION_TICKET = 'orgtkt_';

/** A user's memberships without their organizations and roles. */
interface MembershipList {
  /** What it was read from. */
  text: string;
  /** The rows without the closing brace, for role and organization to follow. */
  rows: { text: string; roleId: string }[];
  organizationIds: string[];
  roleIds: string[];
}

interface Joined {
  list: MembershipList;
  organizations: (string | null)[];
  roleTexts: Map<string, string>;
  json: RawJson;
}

/** Three thousand users in ten organizations, or thirty in a thousand. */
const JOINED_CHARACTERS = 32_000_000;

/** What the other services ask `organizations`. Reads come from shared state when it holds them. */
export class OrganizationsClient extends ServiceClient {
  private readonly views: OrganizationViews;
  /** By user: what was joined last, and of what. */
  private readonly joined = new LRUCache<string, Joined>({
    max: 10_000,
    maxSize: JOINED_CHARACTERS,
    sizeCalculation: ({ json }) => json.text.length,
  });

  constructor(transport: ServiceTransport, state: SharedState) {
    super('organizations', transport);
    this.views = new OrganizationViews(state);
  }

  /**
   * A user's memberships as `user.organization_memberships` of FAPI shows them (`OrganizationMembershipJSON[]`), oldest first. As
   * text, for every answer with the client carries them, and a user may have a thousand. All parts are looked up each time; they
   * are joined anew only when one has changed.
   */
  async membershipsOf(ctx: RequestContext, userId: string): Promise<RawJson> {
    const last = this.joined.get(userId);
    const rowsText = await this.membershipsTextOf(ctx, userId);
    const list = last?.list.text === rowsText ? last.list : listOf(rowsText);
    const [organizations, roles] = await Promise.all([
      this.views.organizationTextsOf(ctx, list.organizationIds, this.loads(ctx)),
      this.roles(ctx, list.roleIds),
    ]);
    const roleTexts = new Map([...roles].map(([id, role]) => [id, JSON.stringify(ofRole(role)).slice(1, -1)]));
    if (last?.list === list && areSame(last.organizations, organizations) && areSameRoles(last.roleTexts, roleTexts))
      return last.json;
    const texts = list.rows.flatMap(({ text, roleId }, index) => {
      const organization = organizations[index];
      const role = roleTexts.get(roleId);
      return organization && role ? [`${text},${role},"organization":${organization}}`] : [];
    });
    const json = new RawJson(`[${texts.join(',')}]`);
    this.joined.set(userId, { list, organizations, roleTexts, json });
    return json;
  }

  /**
   * The organization that a server has made a user a member of last; null when there has been none since a moment, in
   * milliseconds.
   */
  async grantedSince(ctx: RequestContext, userId: string, since: number): Promise<string | null> {
    const rows = JSON.parse(await this.membershipsTextOf(ctx, userId)) as MembershipView[];
    const at = (row: MembershipView) => row.granted_at ?? 0;
    const [last] = rows.filter((row) => at(row) > since).sort((a, b) => at(b) - at(a));
    return last?.organization_id ?? null;
  }

  /**
   * What a member's token says; null when the user is no member, or there is no such organization.
   *
   * @param organization id or slug
   */
  async memberClaims(ctx: RequestContext, organization: string, userId: string): Promise<MemberClaims | null> {
    const id = organization.startsWith('org_') ? organization : await this.resolve(ctx, organization);
    if (id === null) return null;
    const path = `/users/${encodeURIComponent(userId)}/memberships/${encodeURIComponent(id)}`;
    const membership = await this.views.membership(ctx, userId, id, () => this.get(ctx, path));
    if (!membership) return null;
    const [organizations, roles] = await Promise.all([
      this.organizations(ctx, [id]),
      this.roles(ctx, [membership.role_id]),
    ]);
    const shown = organizations.get(id);
    const role = roles.get(membership.role_id);
    if (!shown || !role) return null;
    return {
      organization: {
        id,
        slug: shown.slug,
        name: shown.name,
        image_url: shown.image_url,
        public_metadata: shown.public_metadata as JsonObject,
      },
      role: role.key,
      permissions: role.permissions,
      membership: { public_metadata: membership.public_metadata },
    };
  }

  /** The id of the organization that `idOrSlug` names; null when there is none. */
  async resolve(ctx: RequestContext, idOrSlug: string): Promise<string | null> {
    const found = await this.get<{ id: string } | null>(ctx, `/organizations/${encodeURIComponent(idOrSlug)}`);
    return found && found.id;
  }

  /**
   * What a ticket stands for; nothing is used up.
   *
   * @throws `ticket_invalid_code`, `ticket_expired_code`, `organization_invitation_already_accepted`,
   * `organization_invitation_revoked_code` (400)
   */
  inspectTicket(ctx: RequestContext, ticket: string): Promise<InvitationTicket> {
    return this.post(ctx, '/invitation_tickets/inspect', { ticket });
  }

  /**
   * Uses a ticket up: the user becomes a member. Call it once the user exists and has proved the address.
   *
   * @throws as `inspectTicket`, and `organization_membership_quota_exceeded` (403)
   */
  redeemTicket(ctx: RequestContext, ticket: string, userId: string): Promise<InvitationTicket> {
    return this.post(ctx, '/invitation_tickets/redeem', { ticket, user_id: userId });
  }

  /** The roles that new organizations of the instance begin with. */
  initialRoles(ctx: RequestContext): Promise<InitialRoles> {
    return this.views.initialRoles(ctx, () => this.get(ctx, '/initial_roles'));
  }

  /**
   * Chooses, by id, the roles that new organizations begin with; what is left out stays.
   *
   * @throws `form_resource_not_found`, `organization_missing_creator_role_permissions` (422)
   */
  chooseInitialRoles(
    ctx: RequestContext,
    choice: { creator_role_id?: string; domains_default_role_id?: string },
  ): Promise<InitialRoles> {
    return this.post(ctx, '/initial_roles', choice);
  }

  /**
   * The users who belong to any organization of `include` and to none of `exclude`, as it is now: a part of them, in the order of
   * their ids.
   *
   * @param part at most 20 000, after an id
   */
  memberIds(
    ctx: RequestContext,
    selection: MemberSelection,
    part: { after: string; limit: number },
  ): Promise<string[]> {
    return this.post(ctx, '/member_ids', { ...selection, ...part });
  }

  /** Which users, at most 2 000, a selection means, in their order; without `include` all but the members of `exclude`. */
  membersAmong(ctx: RequestContext, selection: MemberSelection, userIds: string[]): Promise<string[]> {
    return this.post(ctx, '/members_among', { ...selection, user_ids: userIds });
  }

  private membershipsTextOf(ctx: RequestContext, userId: string): Promise<string> {
    return this.views.membershipsTextOf(ctx, userId, () => this.get(ctx, `/users/${userId}/memberships`));
  }

  private organizations(ctx: RequestContext, ids: string[]): Promise<Map<string, OrganizationJSON>> {
    return this.views.organizationsOf(ctx, ids, this.loads(ctx));
  }

  private loads(ctx: RequestContext) {
    return (missing: string[]): Promise<OrganizationJSON[]> =>
      inBatches(missing, (batch) => this.get(ctx, `/organizations?${idsOf(batch)}`));
  }

  private roles(ctx: RequestContext, ids: string[]): Promise<Map<string, RoleView>> {
    return this.views.rolesOf(ctx, ids, (missing) =>
      inBatches(missing, (batch) => this.get(ctx, `/roles?${idsOf(batch)}`)),
    );
  }
}

const idsOf = (ids: string[]) => new URLSearchParams(ids.map((id) => ['ids', id])).toString();

function listOf(text: string): MembershipList {
  const rows = JSON.parse(text) as MembershipView[];
  return {
    text,
    rows: rows.map((row) => ({ text: JSON.stringify(ofMembership(row)).slice(0, -1), roleId: row.role_id })),
    organizationIds: rows.map((row) => row.organization_id),
    roleIds: [...new Set(rows.map((row) => row.role_id))],
  };
}

const areSame = (some: (string | null)[], others: (string | null)[]) =>
  some.every((text, index) => text === others[index]);

const areSameRoles = (some: Map<string, string>, others: Map<string, string>) =>
  some.size === others.size && [...some].every(([id, text]) => others.get(id) === text);

const ofMembership = (row: MembershipView) =>
  ({
    object: 'organization_membership',
    id: row.id,
    public_metadata: row.public_metadata,
    created_at: row.created_at,
    updated_at: row.updated_at,
  }) satisfies Partial<OrganizationMembershipJSON>;

const ofRole = (role: RoleView) =>
  ({
    role: role.key,
    role_name: role.name,
    permissions: role.permissions,
  }) satisfies Partial<OrganizationMembershipJSON>;
