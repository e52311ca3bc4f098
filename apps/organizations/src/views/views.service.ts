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
import type { MemberIds, MembersAmong } from './views.schemas.js';

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

  async memberIds({ instanceId }: RequestContext, { include, exclude, after, limit }: MemberIds): Promise<string[]> {
    const rows = await this.db.$queryRaw<{ id: string }[]>`
      SELECT DISTINCT m.user_id AS id FROM memberships m
      WHERE m.instance_id = ${instanceId} AND m.organization_id = ANY(${include}) AND m.user_id > ${after}
        AND NOT EXISTS (SELECT FROM memberships x WHERE x.organization_id = ANY(${exclude}) AND x.user_id = m.user_id)
      ORDER BY m.user_id LIMIT ${limit}`;
    return rows.map(({ id }) => id);
  }

  async membersAmong(
    { instanceId }: RequestContext,
    { include, exclude, user_ids: userIds }: MembersAmong,
  ): Promise<string[]> {
    const rows = await this.db.membership.findMany({
      where: { instanceId, userId: { in: userIds }, organizationId: { in: [...include, ...exclude] } },
      select: { userId: true, organizationId: true },
    });
    const of = (ids: string[]) =>
      new Set(rows.filter((row) => ids.includes(row.organizationId)).map(({ userId }) => userId));
    const [inside, outside] = [of(include), of(exclude)];
    return userIds.filter((id) => (include.length === 0 || inside.has(id)) && !outside.has(id));
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
  granted_at: row.grantedAt?.getTime() ?? null,
  created_at: row.createdAt.getTime(),
  updated_at: row.updatedAt.getTime(),
});
