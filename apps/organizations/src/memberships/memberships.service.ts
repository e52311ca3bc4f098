import { Injectable } from '@nestjs/common';
import { mergedMetadata, type RequestContext } from '@latchkey/contracts';
import { notFound } from '@latchkey/core';
import { transaction } from '@latchkey/db';
import { slice } from '@latchkey/http';
import { OrganizationsDb, type Tx } from '../db.js';
import { DirectoryService } from '../directory/directory.service.js';
import type { Membership } from '../generated/prisma/client.js';
import { organizationNotFoundOrUnauthorized } from '../organizations/organizations.errors.js';
import { OrganizationsLookup } from '../organizations/organizations.lookup.js';
import { fullOrganization, type FullOrganization } from '../organizations/organizations.serializer.js';
import { RolesLookup } from '../roles/roles.lookup.js';
import { personalAccountsNotAllowed } from './memberships.errors.js';
import { pageOfMemberships, type MembershipFilters } from './memberships.queries.js';
import type { CreateMembership, MembershipMetadata } from './memberships.schemas.js';
import type { FullMembership } from './memberships.serializer.js';
import { MembershipsWriter, takenMembership, type WriteContext } from './memberships.writer.js';

/** A part of a list of memberships. */
export interface MembershipsPage {
  rows: FullMembership[];
  total: number;
}

/** Who belongs to which organization. */
@Injectable()
export class MembershipsService {
  constructor(
    private readonly db: OrganizationsDb,
    private readonly organizations: OrganizationsLookup,
    private readonly roles: RolesLookup,
    private readonly directory: DirectoryService,
    private readonly writer: MembershipsWriter,
  ) {}

  /**
   * Makes a user a member.
   *
   * @throws `resource_not_found` (404), `form_param_value_invalid` for the role (422), and what `MembershipsWriter.add` throws
   */
  async create(ctx: RequestContext, organizationId: string, input: CreateMembership): Promise<FullMembership> {
    const organization = await this.organizations.require(ctx, organizationId);
    const [user, role, cause] = await Promise.all([
      this.directory.requireUser(ctx, input.user_id),
      this.roles.assignable(organization, input.role),
      this.writeContext(ctx),
    ]);
    const member = {
      organizationId: organization.id,
      user,
      role,
      isGranted: ctx.api === 'bapi',
      publicMetadata: input.public_metadata,
      privateMetadata: input.private_metadata,
    };
    return transaction(this.db, (tx) => this.writer.add(tx, cause, member), { taken: takenMembership });
  }

  /**
   * Gives a member another role.
   *
   * @throws `resource_not_found` (404), `form_param_value_invalid` (422), `organization_minimum_permissions_needed` (400)
   */
  async update(ctx: RequestContext, organizationId: string, userId: string, roleKey: string): Promise<FullMembership> {
    const organization = await this.organizations.require(ctx, organizationId);
    const to = await this.roles.assignable(organization, roleKey);
    const [cause, user] = await Promise.all([this.writeContext(ctx), this.directory.findUser(ctx, userId)]);
    return transaction(this.db, async (tx) => {
      const row = await this.locked(tx, ctx, organization.id, userId);
      const from = await this.roles.viewIn(tx, ctx.instanceId, row.roleId);
      return this.writer.setRole(tx, cause, row, { from, to }, user?.public_user_data);
    });
  }

  /** Merges metadata into that of a membership. @throws `resource_not_found` (404), `form_param_exceeds_allowed_size` (422) */
  async mergeMetadata(
    ctx: RequestContext,
    organizationId: string,
    userId: string,
    input: MembershipMetadata,
  ): Promise<FullMembership> {
    const organization = await this.organizations.require(ctx, organizationId);
    const [cause, user] = await Promise.all([this.writeContext(ctx), this.directory.findUser(ctx, userId)]);
    return transaction(this.db, async (tx) => {
      const row = await this.locked(tx, ctx, organization.id, userId);
      const merged = await tx.membership.update({
        where: { id: row.id, instanceId: ctx.instanceId },
        data: mergedMetadata(row, input),
      });
      const role = await this.roles.viewIn(tx, ctx.instanceId, row.roleId);
      return this.writer.updated(tx, cause, merged, role, user?.public_user_data);
    });
  }

  /** Removes a member. @throws `resource_not_found` (404), and what `end` throws */
  async delete(ctx: RequestContext, organizationId: string, userId: string): Promise<FullMembership> {
    const organization = await this.organizations.require(ctx, organizationId);
    return this.end(ctx, organization.id, userId);
  }

  /** Ends the caller's own membership. @throws `organization_not_found_or_unauthorized` (404), and what `end` throws */
  async leave(ctx: RequestContext, organizationId: string): Promise<FullMembership> {
    const where = { instanceId: ctx.instanceId, organizationId, userId: ctx.userId! };
    if (!(await this.db.membership.findFirst({ where }))) throw organizationNotFoundOrUnauthorized();
    return this.end(ctx, organizationId, ctx.userId!);
  }

  /**
   * Ends a membership, by whomever.
   *
   * @throws `organization_minimum_permissions_needed` (400); `personal_accounts_not_allowed` (422) for the last membership
   * where every user must have one
   */
  async end(ctx: RequestContext, organizationId: string, userId: string): Promise<FullMembership> {
    const [cause, user, instance] = await Promise.all([
      this.writeContext(ctx),
      this.directory.findUser(ctx, userId),
      this.directory.instance(ctx),
    ]);
    return transaction(this.db, async (tx) => {
      const row = await this.locked(tx, ctx, organizationId, userId);
      if (instance.organizations.force_organization_selection && user) await this.requireAnother(tx, row);
      const role = await this.roles.viewIn(tx, ctx.instanceId, row.roleId);
      return this.writer.remove(tx, cause, row, role, user?.public_user_data);
    });
  }

  /** The members of an organization. @throws `resource_not_found` (404) */
  async list(ctx: RequestContext, organizationId: string, filters: MembershipFilters): Promise<MembershipsPage> {
    const organization = await this.organizations.require(ctx, organizationId);
    const scope = { instanceId: ctx.instanceId, organizationId: organization.id };
    return this.page(ctx, await pageOfMemberships(this.db, scope, filters));
  }

  /** All memberships of the instance. */
  async listOfInstance(ctx: RequestContext, filters: MembershipFilters): Promise<MembershipsPage> {
    return this.page(ctx, await pageOfMemberships(this.db, { instanceId: ctx.instanceId }, filters));
  }

  /** A user's memberships, newest first. */
  async listOfUser(
    ctx: RequestContext,
    userId: string,
    page: { limit: number; offset: number },
  ): Promise<MembershipsPage> {
    const where = { instanceId: ctx.instanceId, userId };
    const [rows, total] = await Promise.all([
      this.db.membership.findMany({ where, orderBy: [{ createdAt: 'desc' }, { id: 'desc' }], ...slice(page) }),
      this.db.membership.count({ where }),
    ]);
    return { rows: await this.full(ctx, rows), total };
  }

  /** Rows with what is shown of them: one question each for organizations, roles and users, however many rows. */
  async full(ctx: RequestContext, rows: Membership[]): Promise<FullMembership[]> {
    if (rows.length === 0) return [];
    const { instanceId } = ctx;
    const [organizations, roles, users, { fapiUrl }] = await Promise.all([
      this.db.organization.findMany({
        where: { instanceId, id: { in: [...new Set(rows.map((row) => row.organizationId))] } },
        include: fullOrganization,
      }),
      this.roles.byId(
        instanceId,
        rows.map((row) => row.roleId),
      ),
      this.directory.users(
        ctx,
        rows.map((row) => row.userId),
      ),
      this.directory.instance(ctx),
    ]);
    const byId = new Map<string, FullOrganization>(organizations.map((row) => [row.id, row]));
    return rows.flatMap((row) => {
      const organization = byId.get(row.organizationId);
      const role = roles.get(row.roleId);
      const user = users.get(row.userId)?.public_user_data;
      return organization && role ? [{ row, organization, role, user, fapiUrl }] : [];
    });
  }

  /** What a write tells of its cause. */
  async writeContext(ctx: RequestContext): Promise<WriteContext> {
    const { fapiUrl } = await this.directory.instance(ctx);
    return { instanceId: ctx.instanceId, ipAddress: ctx.ipAddress, userAgent: ctx.userAgent, fapiUrl };
  }

  private async page(ctx: RequestContext, { ids, total }: { ids: string[]; total: number }): Promise<MembershipsPage> {
    const rows = await this.db.membership.findMany({ where: { instanceId: ctx.instanceId, id: { in: ids } } });
    const byId = new Map(rows.map((row) => [row.id, row]));
    return {
      rows: await this.full(
        ctx,
        ids.flatMap((id) => byId.get(id) ?? []),
      ),
      total,
    };
  }

  /** The membership, with its organization locked. @throws `resource_not_found` (404) */
  private async locked(tx: Tx, ctx: RequestContext, organizationId: string, userId: string): Promise<Membership> {
    await this.organizations.lock(tx, ctx, organizationId);
    const row = await tx.membership.findFirst({ where: { instanceId: ctx.instanceId, organizationId, userId } });
    if (!row) throw notFound('organization membership', userId);
    return row;
  }

  private async requireAnother(tx: Tx, { instanceId, userId, organizationId }: Membership): Promise<void> {
    // Another organization's lock is not taken here, so two that let go of one user at once are told apart by this one.
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`${instanceId}:${userId}`}, 0))`;
    const others = await tx.membership.count({
      where: { instanceId, userId, organizationId: { not: organizationId } },
    });
    if (others === 0) throw personalAccountsNotAllowed();
  }
}
