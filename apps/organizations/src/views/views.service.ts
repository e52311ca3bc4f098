import { Injectable } from '@nestjs/common';
import type { OrganizationJSON } from '@clerk/shared/types';
import type { MembershipView, RoleView } from '@latchkey/clients';
import type { JsonObject, RequestContext } from '@latchkey/contracts';
import { OrganizationsDb } from '../db.js';
import { DirectoryService } from '../directory/directory.service.js';
import type { Membership } from '../generated/prisma/client.js';
import { OrganizationsLookup } from '../organizations/organizations.lookup.js';
import { toOwnOrganizationJSON } from '../organizations/organizations.serializer.js';
import { RolesLookup } from '../roles/roles.lookup.js';

/** Straight from the database: the callers keep what they get in shared state. */
@Injectable()
export class ViewsService {
  constructor(
    private readonly db: OrganizationsDb,
    private readonly lookup: OrganizationsLookup,
    private readonly rolesLookup: RolesLookup,
    private readonly directory: DirectoryService,
  ) {}

  async organizations(ctx: RequestContext, ids: string[]): Promise<OrganizationJSON[]> {
    const [rows, view] = await Promise.all([
      this.db.organization.findMany({ where: { instanceId: ctx.instanceId, id: { in: ids } } }),
      this.directory.instance(ctx),
    ]);
    return rows.map((row) => toOwnOrganizationJSON(row, view));
  }

  async resolve(ctx: RequestContext, idOrSlug: string): Promise<{ id: string } | null> {
    const row = await this.lookup.find(ctx, idOrSlug);
    return row && { id: row.id };
  }

  roles({ instanceId }: RequestContext, ids: string[]): Promise<RoleView[]> {
    return this.rolesLookup.load(instanceId, ids);
  }

  /** The users who belong to any of the organizations. */
  async memberIds({ instanceId }: RequestContext, organizationIds: string[]): Promise<string[]> {
    const rows = await this.db.membership.findMany({
      where: { instanceId, organizationId: { in: organizationIds } },
      select: { userId: true },
      distinct: ['userId'],
    });
    return rows.map(({ userId }) => userId);
  }

  async memberships({ instanceId }: RequestContext, userId: string): Promise<MembershipView[]> {
    const rows = await this.db.membership.findMany({
      where: { instanceId, userId },
      orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
    });
    return rows.map(toMembershipView);
  }

  async membership(
    { instanceId }: RequestContext,
    userId: string,
    organizationId: string,
  ): Promise<MembershipView | null> {
    const row = await this.db.membership.findFirst({ where: { instanceId, userId, organizationId } });
    return row && toMembershipView(row);
  }
}

const toMembershipView = (row: Membership): MembershipView => ({
  id: row.id,
  organization_id: row.organizationId,
  role_id: row.roleId,
  public_metadata: row.publicMetadata as JsonObject,
  created_at: row.createdAt.getTime(),
  updated_at: row.updatedAt.getTime(),
});
