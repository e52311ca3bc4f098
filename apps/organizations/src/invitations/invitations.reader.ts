import { Injectable } from '@nestjs/common';
import type { RequestContext } from '@latchkey/contracts';
import { Clock, notFound } from '@latchkey/core';
import { containing } from '@latchkey/db';
import { slice, toOrderBy } from '@latchkey/http';
import { OrganizationsDb } from '../db.js';
import { DirectoryService } from '../directory/directory.service.js';
import type { Invitation, Prisma } from '../generated/prisma/client.js';
import { OrganizationsLookup } from '../organizations/organizations.lookup.js';
import { RolesLookup } from '../roles/roles.lookup.js';
import { inStatus } from './invitations.queries.js';
import type { ListInvitations, ListInvitationsOfInstance, ListInvitationsOfUser } from './invitations.schemas.js';
import type { FullInvitation } from './invitations.serializer.js';
import { InvitationTickets } from './invitations.tickets.js';

/** A part of a list of invitations. */
export interface InvitationsPage {
  rows: FullInvitation[];
  total: number;
}

const ORDERS = { created_at: 'createdAt', email_address: 'emailAddress', expires_at: 'expiresAt' };

/** Invitations as callers see them. */
@Injectable()
export class InvitationsReader {
  constructor(
    private readonly db: OrganizationsDb,
    private readonly organizations: OrganizationsLookup,
    private readonly roles: RolesLookup,
    private readonly directory: DirectoryService,
    private readonly tickets: InvitationTickets,
    private readonly clock: Clock,
  ) {}

  /** @throws `resource_not_found` (404) */
  async get(ctx: RequestContext, organizationId: string, id: string): Promise<FullInvitation> {
    const organization = await this.organizations.require(ctx, organizationId);
    const row = await this.db.invitation.findFirst({
      where: { id, organizationId: organization.id, instanceId: ctx.instanceId },
    });
    const [full] = row ? await this.full(ctx, [row]) : [];
    if (!full) throw notFound('organization invitation', id);
    return full;
  }

  /** The invitations that somebody has sent; those of domains are not among them. @throws `resource_not_found` (404) */
  async list(ctx: RequestContext, organizationId: string, query: ListInvitations) {
    const organization = await this.organizations.require(ctx, organizationId);
    const where = {
      organizationId: organization.id,
      domainId: null,
      ...(query.email_address && { emailAddress: query.email_address }),
      ...inStatus(query.status, this.clock.now()),
    };
    return this.page(ctx, where, query);
  }

  /** The invitations of every organization of the instance. */
  async listOfInstance(ctx: RequestContext, query: ListInvitationsOfInstance): Promise<InvitationsPage> {
    const text = query.query;
    const where = {
      domainId: null,
      AND: [
        inStatus(query.status, this.clock.now()),
        text ? { OR: [{ id: text }, { emailAddress: containing(text) }] } : {},
      ],
    };
    return this.page(ctx, where, query);
  }

  /** The invitations to a user's verified addresses. @throws `resource_not_found` (404) */
  async listOfUser(ctx: RequestContext, userId: string, query: ListInvitationsOfUser): Promise<InvitationsPage> {
    const user = await this.directory.requireUser(ctx, userId);
    const verified = user.email_addresses.filter((row) => row.is_verified).map((row) => row.email_address);
    const where = { emailAddress: { in: verified }, ...inStatus(query.status, this.clock.now()) };
    return this.page(ctx, where, { ...query, order_by: '-created_at' });
  }

  /** Rows with what is shown of them, in one question for each kind of thing. */
  async full(ctx: RequestContext, rows: Invitation[]): Promise<FullInvitation[]> {
    if (rows.length === 0) return [];
    const { instanceId } = ctx;
    const [organizations, roles, inviters, { fapiUrl }] = await Promise.all([
      this.db.organization.findMany({
        where: { instanceId, id: { in: [...new Set(rows.map((row) => row.organizationId))] } },
      }),
      this.roles.byId(
        instanceId,
        rows.map((row) => row.roleId),
      ),
      this.directory.users(
        ctx,
        rows.flatMap((row) => row.inviterId ?? []),
      ),
      this.directory.instance(ctx),
    ]);
    const byId = new Map(organizations.map((row) => [row.id, row]));
    const now = this.clock.now();
    return rows.flatMap((row) => {
      const organization = byId.get(row.organizationId);
      const role = roles.get(row.roleId);
      const inviter = row.inviterId ? inviters.get(row.inviterId)?.public_user_data : undefined;
      const url = this.tickets.url(row.id, fapiUrl);
      return organization && role ? [{ row, organization, role, inviter, fapiUrl, now, url }] : [];
    });
  }

  private async page(
    ctx: RequestContext,
    filter: Prisma.InvitationWhereInput,
    query: { limit: number; offset: number; order_by: string },
  ): Promise<InvitationsPage> {
    const where = { ...filter, instanceId: ctx.instanceId };
    const order = toOrderBy(query.order_by, ORDERS);
    const [rows, total] = await Promise.all([
      this.db.invitation.findMany({ where, orderBy: [order, { id: Object.values(order)[0] }], ...slice(query) }),
      this.db.invitation.count({ where }),
    ]);
    return { rows: await this.full(ctx, rows), total };
  }
}
