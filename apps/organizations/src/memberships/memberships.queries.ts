import { plainText, PLANNED_ANEW } from '@latchkey/db';
import type { OrganizationsDb, Tx } from '../db.js';
import { Prisma } from '../generated/prisma/client.js';
import { MINIMUM_PERMISSION } from '../roles/roles.defaults.js';
import type { ListMemberships } from './memberships.schemas.js';

/** Which memberships a list is about. */
export interface MembershipsScope {
  instanceId: string;
  organizationId?: string;
}

/** The filters of a list; every one is optional. */
export type MembershipFilters = Pick<ListMemberships, 'limit' | 'offset' | 'order_by'> & Partial<ListMemberships>;

/**
 * The ids of a page of memberships, in order, and how many there are in all. In SQL, because names and addresses stand in
 * another table without a foreign key. Every member has a row there: it is written in the transaction that makes the member.
 */
export async function pageOfMemberships(
  db: OrganizationsDb,
  scope: MembershipsScope,
  filters: MembershipFilters,
): Promise<{ ids: string[]; total: number }> {
  const roleIds = filters.role?.length ? await roleIdsOf(db, scope.instanceId, filters.role) : undefined;
  const conditions = conditionsOf(scope, filters, roleIds);
  const isWhole = conditions.length === (scope.organizationId ? 2 : 1);
  const where = Prisma.join(conditions, ' AND ');
  const order = orderOf(filters.order_by, scope);
  const wanted = Prisma.sql`FROM ${order.usesProfile || usesProfile(filters) ? WITH_PROFILES : ALONE} WHERE ${where}`;
  const [rows, total] = await Promise.all([
    db.$queryRaw<{ id: string }[]>`${ANEW}
      SELECT m.id ${wanted} ORDER BY ${order.sql} LIMIT ${filters.limit} OFFSET ${filters.offset}`,
    isWhole ? countOfWhole(db, scope) : countOf(db, wanted),
  ]);
  return { ids: rows.map((row) => row.id), total };
}

/** The best plan depends on how large the organization is, and how many a search finds. */
const ANEW = Prisma.raw(PLANNED_ANEW);
const ALONE = Prisma.sql`memberships m`;
const WITH_PROFILES = Prisma.sql`memberships m
  JOIN user_profiles p ON p.user_id = m.user_id AND p.instance_id = m.instance_id`;

/** Organizations count their members: a list of them all must not read 100 000 index entries for a number. */
async function countOfWhole(db: OrganizationsDb, { instanceId, organizationId }: MembershipsScope): Promise<number> {
  const { _sum } = await db.organization.aggregate({
    where: { instanceId, ...(organizationId && { id: organizationId }) },
    _sum: { membersCount: true },
  });
  return _sum.membersCount ?? 0;
}

async function countOf(db: OrganizationsDb, wanted: Prisma.Sql): Promise<number> {
  const [row] = await db.$queryRaw<{ count: bigint }[]>`${ANEW} SELECT count(*) AS count ${wanted}`;
  return Number(row?.count ?? 0);
}

async function roleIdsOf(db: OrganizationsDb, instanceId: string, keys: string[]): Promise<string[]> {
  const roles = await db.role.findMany({ where: { instanceId, key: { in: keys } }, select: { id: true } });
  return roles.map((role) => role.id);
}

function conditionsOf(
  { instanceId, organizationId }: MembershipsScope,
  filters: MembershipFilters,
  roleIds: string[] | undefined,
): Prisma.Sql[] {
  const { sql } = Prisma;
  const all = [sql`m.instance_id = ${instanceId}`];
  if (organizationId) all.push(sql`m.organization_id = ${organizationId}`);
  const { included, excluded } = signed(filters.user_id);
  if (included.length) all.push(sql`m.user_id = ANY(${included})`);
  if (excluded.length) all.push(sql`NOT m.user_id = ANY(${excluded})`);
  // Of one role the index has the members in order; of several they must be sorted.
  if (roleIds) all.push(roleIds.length === 1 ? sql`m.role_id = ${roleIds[0]}` : sql`m.role_id = ANY(${roleIds})`);
  if (filters.email_address?.length) all.push(sql`p.email_addresses && ${filters.email_address}`);
  if (filters.phone_number?.length) all.push(sql`p.phone_numbers && ${filters.phone_number}`);
  if (filters.web3_wallet?.length) all.push(sql`p.web3_wallets && ${filters.web3_wallet}`);
  if (filters.username?.length) all.push(sql`p.username = ANY(${filters.username})`);
  if (filters.email_address_query) all.push(anyLike('email_addresses', filters.email_address_query));
  if (filters.phone_number_query) all.push(anyLike('phone_numbers', filters.phone_number_query));
  if (filters.username_query)
    all.push(sql`${found(filters.username_query)} AND p.username ILIKE ${like(filters.username_query)}`);
  if (filters.name_query) all.push(nameLike(filters.name_query));
  if (filters.query) all.push(anywhere(filters.query));
  if (filters.last_active_at_before) all.push(sql`p.last_active_at < ${filters.last_active_at_before}`);
  if (filters.last_active_at_after) all.push(sql`p.last_active_at > ${filters.last_active_at_after}`);
  if (filters.created_at_before) all.push(sql`m.created_at < ${filters.created_at_before}`);
  if (filters.created_at_after) all.push(sql`m.created_at > ${filters.created_at_after}`);
  return all;
}

/** Values with a `+` (or nothing) in front, and those with a `-`. A `+` that was not encoded arrives as a blank. */
export function signed(values: readonly string[] = []): { included: string[]; excluded: string[] } {
  return {
    included: values.filter((value) => !value.startsWith('-')).map((value) => value.replace(/^[+ ]/, '')),
    excluded: values.filter((value) => value.startsWith('-')).map((value) => value.slice(1)),
  };
}

/** A pattern for "contains", in which the caller's own wildcards are plain characters. */
export const like = (text: string): string => `%${plainText(text)}%`;

/** Whether a profile has the text anywhere. A trigram index finds those that do; what asks for one field looks closer. */
const found = (text: string): Prisma.Sql => Prisma.sql`p.search LIKE ${like(text.toLowerCase())}`;

const anyLike = (column: 'email_addresses' | 'phone_numbers', text: string): Prisma.Sql =>
  Prisma.sql`${found(text)}
    AND EXISTS (SELECT FROM unnest(p.${Prisma.raw(column)}) AS one WHERE one ILIKE ${like(text)})`;

const nameLike = (text: string): Prisma.Sql =>
  Prisma.sql`${found(text)} AND concat_ws(' ', p.first_name, p.last_name) ILIKE ${like(text)}`;

/** An id names one user; any other text is looked for in what is known of them. */
const anywhere = (text: string): Prisma.Sql =>
  text.startsWith('user_') ? Prisma.sql`m.user_id = ${text}` : found(text);

/** The filters that look at the profiles. */
const PROFILE_FILTERS = [
  'email_address',
  'phone_number',
  'web3_wallet',
  'username',
  'email_address_query',
  'phone_number_query',
  'username_query',
  'name_query',
  'query',
  'last_active_at_before',
  'last_active_at_after',
] as const;

const usesProfile = (filters: MembershipFilters): boolean =>
  PROFILE_FILTERS.some((name) => filters[name] !== undefined);

const ORDERS: Record<string, string> = {
  created_at: 'm.created_at',
  email_address: 'p.email_addresses[1]',
  phone_number: 'p.phone_numbers[1]',
  first_name: 'p.first_name',
  last_name: 'p.last_name',
  username: 'p.username',
};

/** Members without a value come first in ascending and last in descending order, so that one index serves both. */
function orderOf(orderBy: string, { organizationId }: MembershipsScope): { sql: Prisma.Sql; usesProfile: boolean } {
  const column = ORDERS[orderBy.replace(/^[-+ ]/, '')]!;
  const direction = orderBy.startsWith('-') ? 'DESC' : 'ASC';
  const usesProfile = column.startsWith('p.');
  const nulls = usesProfile ? (direction === 'ASC' ? ' NULLS FIRST' : ' NULLS LAST') : '';
  // A user is in an organization once, and in the instance as often as there are organizations.
  const ties = usesProfile ? (organizationId ? ['p.user_id'] : ['p.user_id', 'm.id']) : ['m.id'];
  const order = [`${column} ${direction}${nulls}`, ...ties.map((tie) => `${tie} ${direction}`)];
  return { sql: Prisma.raw(order.join(', ')), usesProfile };
}

/**
 * Takes a place in the organization, when there is one: of callers that race for the last, one gets it.
 *
 * @param place `new` adds a member; `invited` turns a pending invitation, which holds a place already, into a member
 * @returns whether there was one
 */
export async function takePlace(
  tx: Tx,
  { instanceId, organizationId }: Required<MembershipsScope>,
  place: 'new' | 'invited',
): Promise<boolean> {
  const freed = place === 'invited' ? 1 : 0;
  const taken = await tx.$executeRaw`
    UPDATE organizations
    SET members_count = members_count + 1, pending_invitations_count = greatest(pending_invitations_count - ${freed}, 0)
    WHERE id = ${organizationId} AND instance_id = ${instanceId}
      AND (max_allowed_memberships = 0
        OR members_count + greatest(pending_invitations_count - ${freed}, 0) + 1 <= max_allowed_memberships)`;
  return taken === 1;
}

/** Gives a member's place back. */
export const leavePlace = (tx: Tx, { instanceId, organizationId }: Required<MembershipsScope>) =>
  tx.$executeRaw`
    UPDATE organizations SET members_count = greatest(members_count - 1, 0)
    WHERE id = ${organizationId} AND instance_id = ${instanceId}`;

/** Whether a member besides `userId` can manage the members. Take the organization's lock first. */
export async function othersManage(
  tx: Tx,
  { instanceId, organizationId }: Required<MembershipsScope>,
  userId: string,
): Promise<boolean> {
  const roleId = { in: await managingRoles(tx, instanceId) };
  const other = await tx.membership.findFirst({
    where: { instanceId, organizationId, userId: { not: userId }, roleId },
    select: { id: true },
  });
  return other !== null;
}

/** The roles whose holders can manage the members. */
export async function managingRoles(db: OrganizationsDb | Tx, instanceId: string): Promise<string[]> {
  const permissions = { some: { instanceId, permission: { key: MINIMUM_PERMISSION } } };
  return (await db.role.findMany({ where: { instanceId, permissions }, select: { id: true } })).map(({ id }) => id);
}
