import { Injectable } from '@nestjs/common';
import type { RequestContext } from '@latchkey/contracts';
import { Clock, notFound, SecretBox } from '@latchkey/core';
import { containing } from '@latchkey/db';
import { slice, toOrderBy } from '@latchkey/http';
import { OrganizationsDb, type Tx } from '../db.js';
import { DirectoryService } from '../directory/directory.service.js';
import type { OrganizationDomain, Prisma } from '../generated/prisma/client.js';
import { signed } from '../memberships/memberships.queries.js';
import type { ListAllDomains, ListDomains } from './domains.schemas.js';
import type { FullDomain } from './domains.serializer.js';

/** Domains as callers see them. */
@Injectable()
export class DomainsReader {
  constructor(
    private readonly db: OrganizationsDb,
    private readonly directory: DirectoryService,
    private readonly box: SecretBox,
    private readonly clock: Clock,
  ) {}

  /** @throws `resource_not_found` (404) */
  async get(ctx: RequestContext, organizationId: string, id: string): Promise<FullDomain> {
    const row = await this.require(this.db, ctx, organizationId, id);
    return this.show(this.db, row, await this.directory.instance(ctx));
  }

  /** @throws `resource_not_found` (404) */
  async require(
    db: Tx | OrganizationsDb,
    { instanceId }: RequestContext,
    organizationId: string,
    id: string,
  ): Promise<OrganizationDomain> {
    const row = await db.organizationDomain.findFirst({ where: { id, instanceId, organizationId } });
    if (!row) throw notFound('organization domain', id);
    return row;
  }

  list(ctx: RequestContext, organizationId: string, query: ListDomains) {
    return this.page(ctx, { organizationId, ...conditionsOf(query) }, { ...query, order_by: '-created_at' });
  }

  listAll(ctx: RequestContext, query: ListAllDomains) {
    const { query: text, domains, organization_id: organizationId } = query;
    const where = {
      AND: [
        conditionsOf(query),
        text ? (text.startsWith('org_') ? { organizationId: text } : { name: containing(text) }) : {},
        domains ? { name: { in: domains } } : {},
        organizationId ? { organizationId } : {},
      ],
    };
    return this.page(ctx, where, query);
  }

  /** A row with what is shown of it. Ask for the instance before a transaction: identity may have to be asked. */
  async show(db: Tx | OrganizationsDb, row: OrganizationDomain, instance: { fapiUrl: string }): Promise<FullDomain> {
    return (await this.full(db, [row], row, instance))[0]!;
  }

  private async page(
    ctx: RequestContext,
    filter: Prisma.OrganizationDomainWhereInput,
    query: { limit: number; offset: number; order_by: string },
  ): Promise<{ rows: FullDomain[]; total: number }> {
    const where = { ...filter, instanceId: ctx.instanceId };
    const order = toOrderBy(query.order_by, { name: 'name', created_at: 'createdAt' });
    const [rows, total] = await Promise.all([
      this.db.organizationDomain.findMany({
        where,
        orderBy: [order, { id: Object.values(order)[0] }],
        ...slice(query),
      }),
      this.db.organizationDomain.count({ where }),
    ]);
    return { rows: await this.full(this.db, rows, ctx, await this.directory.instance(ctx)), total };
  }

  private async full(
    db: Tx | OrganizationsDb,
    rows: OrganizationDomain[],
    { instanceId }: { instanceId: string },
    { fapiUrl }: { fapiUrl: string },
  ): Promise<FullDomain[]> {
    const domainId = { in: rows.map((row) => row.id) };
    const pending = { instanceId, domainId, status: 'pending' };
    const organizations = await db.organization.findMany({
      where: { instanceId, id: { in: rows.map((row) => row.organizationId) } },
    });
    const invitations = await db.invitation.groupBy({ by: ['domainId'], where: pending, _count: true });
    const suggestions = await db.suggestion.groupBy({ by: ['domainId'], where: pending, _count: true });
    const count = (groups: { domainId: string | null; _count: number }[], id: string) =>
      groups.find((group) => group.domainId === id)?._count ?? 0;
    return rows.map((row) => ({
      row,
      organization: organizations.find((one) => one.id === row.organizationId)!,
      pendingInvitations: count(invitations, row.id),
      pendingSuggestions: count(suggestions, row.id),
      fapiUrl,
      now: this.clock.now(),
      txtValue: row.ownershipTxtValue && this.box.open(row.ownershipTxtValue),
    }));
  }
}

function conditionsOf(query: ListDomains): Prisma.OrganizationDomainWhereInput {
  const { included, excluded } = signed(query.enrollment_mode);
  const mode = {
    ...(included.length && { in: included }),
    ...(excluded.length && { notIn: excluded }),
  };
  return {
    ...(query.verified === undefined ? {} : { verifiedName: query.verified ? { not: null } : null }),
    ...(included.length || excluded.length ? { enrollmentMode: mode } : {}),
  };
}
