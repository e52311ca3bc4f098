import { containing } from '@latchkey/db';
import type { OrganizationsDb } from '../db.js';
import type { Prisma } from '../generated/prisma/client.js';
import { managingRoles, signed } from '../memberships/memberships.queries.js';
import { slice, toOrderBy } from '@latchkey/http';
import type { ListOrganizations } from './organizations.schemas.js';
import { fullOrganization } from './organizations.serializer.js';

/** A page of an instance's organizations. */
export async function pageOfOrganizations(db: OrganizationsDb, instanceId: string, query: ListOrganizations) {
  const where = conditionsOf(instanceId, query);
  const order = toOrderBy(query.order_by, { name: 'name', created_at: 'createdAt', members_count: 'membersCount' });
  const [rows, total] = await Promise.all([
    db.organization.findMany({
      where,
      include: fullOrganization,
      orderBy: [order, { id: Object.values(order)[0] }],
      ...slice(query),
    }),
    db.organization.count({ where }),
  ]);
  return { rows, total };
}

function conditionsOf(instanceId: string, query: ListOrganizations): Prisma.OrganizationWhereInput {
  const users = signed(query.user_id);
  const ids = signed(query.organization_id);
  const hasMember = (userIds: string[]) => ({ memberships: { some: { instanceId, userId: { in: userIds } } } });
  const all: Prisma.OrganizationWhereInput[] = [];
  if (query.query) {
    const contains = containing(query.query);
    all.push({ OR: [{ id: query.query }, { name: contains }, { slug: contains }] });
  }
  if (users.included.length) all.push(hasMember(users.included));
  if (users.excluded.length) all.push({ NOT: hasMember(users.excluded) });
  if (ids.included.length) all.push({ id: { in: ids.included } });
  if (ids.excluded.length) all.push({ id: { notIn: ids.excluded } });
  return { instanceId, AND: all };
}

/** Which of the organizations have nobody who can manage the members. One index entry of each is read, however large it is. */
export async function withoutManager(db: OrganizationsDb, instanceId: string, ids: string[]): Promise<Set<string>> {
  const roleIds = await managingRoles(db, instanceId);
  const managed = await db.$queryRaw<{ id: string }[]>`
    SELECT o.id FROM organizations o WHERE o.instance_id = ${instanceId} AND o.id = ANY(${ids}) AND EXISTS (
      SELECT FROM unnest(${roleIds}::text[]) AS role, LATERAL (
        SELECT FROM memberships m WHERE m.organization_id = o.id AND m.role_id = role LIMIT 1) AS one)`;
  const found = new Set(managed.map((row) => row.id));
  return new Set(ids.filter((id) => !found.has(id)));
}
