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
 * another table without a foreign key: a member whose profile has not arrived yet is in the list all the same.
 */
export async function pageOfMemberships(
  db: OrganizationsDb,
  scope: MembershipsScope,
  filters: MembershipFilters,
): Promise<{ ids: string[]; total: number }> {
  const conditions = conditionsOf(scope, filters);
  const where = Prisma.join(conditions, ' AND ');
  const order = orderOf(filters.order_by);
  const wantsProfile = order.usesProfile || conditions.length > scopeSize(scope);
  const from = wantsProfile
    ? Prisma.sql`memberships m LEFT JOIN user_profiles p ON p.user_id = m.user_id AND p.instance_id = m.instance_id`
    : Prisma.sql`memberships m`;
  const [rows, total] = await Promise.all([
    db.$queryRaw<{ id: string }[]>`
      SELECT m.id FROM ${from} WHERE ${where} ORDER BY ${order.sql} LIMIT ${filters.limit} OFFSET ${filters.offset}`,
    countOf(db, scope, from, where, conditions.length === scopeSize(scope)),
  ]);
  return { ids: rows.map((row) => row.id), total };
}

const scopeSize = ({ organizationId }: MembershipsScope) => (organizationId ? 2 : 1);

async function countOf(
  db: OrganizationsDb,
  { instanceId, organizationId }: MembershipsScope,
  from: Prisma.Sql,
  where: Prisma.Sql,
  isWhole: boolean,
): Promise<number> {
  // The whole of an organization is counted already: its list must not read 100 000 index entries for a number.
  if (isWhole && organizationId)
    return (await db.organization.findFirst({ where: { id: organizationId, instanceId } }))?.membersCount ?? 0;
  const [row] = await db.$queryRaw<{ count: bigint }[]>`SELECT count(*) AS count FROM ${from} WHERE ${where}`;
  return Number(row?.count ?? 0);
}

function conditionsOf({ instanceId, organizationId }: MembershipsScope, filters: MembershipFilters): Prisma.Sql[] {
  const { sql } = Prisma;
  const all = [sql`m.instance_id = ${instanceId}`];
  if (organizationId) all.push(sql`m.organization_id = ${organizationId}`);
  const { included, excluded } = signed(filters.user_id);
  if (included.length) all.push(sql`m.user_id = ANY(${included})`);
  if (excluded.length) all.push(sql`NOT m.user_id = ANY(${excluded})`);
  if (filters.role?.length)
    all.push(sql`m.role_id IN (SELECT id FROM roles WHERE instance_id = ${instanceId} AND key = ANY(${filters.role}))`);
  if (filters.email_address?.length) all.push(sql`p.email_addresses && ${filters.email_address}`);
  if (filters.phone_number?.length) all.push(sql`p.phone_numbers && ${filters.phone_number}`);
  if (filters.web3_wallet?.length) all.push(sql`p.web3_wallets && ${filters.web3_wallet}`);
  if (filters.username?.length) all.push(sql`p.username = ANY(${filters.username})`);
  if (filters.email_address_query) all.push(anyLike('email_addresses', filters.email_address_query));
  if (filters.phone_number_query) all.push(anyLike('phone_numbers', filters.phone_number_query));
  if (filters.username_query) all.push(sql`p.username ILIKE ${like(filters.username_query)}`);
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
export const like = (text: string): string => `%${text.replace(/[\\%_]/g, '\\$&')}%`;

const anyLike = (column: 'email_addresses' | 'phone_numbers' | 'web3_wallets', text: string): Prisma.Sql =>
  Prisma.sql`EXISTS (SELECT FROM unnest(p.${Prisma.raw(column)}) AS one WHERE one ILIKE ${like(text)})`;

const nameLike = (text: string): Prisma.Sql =>
  Prisma.sql`concat_ws(' ', p.first_name, p.last_name) ILIKE ${like(text)}`;

const anywhere = (text: string): Prisma.Sql => Prisma.sql`(m.user_id = ${text}
  OR ${nameLike(text)}
  OR p.username ILIKE ${like(text)}
  OR ${anyLike('email_addresses', text)}
  OR ${anyLike('phone_numbers', text)}
  OR ${anyLike('web3_wallets', text)})`;

const ORDERS: Record<string, string> = {
  created_at: 'm.created_at',
  email_address: 'p.email_addresses[1]',
  phone_number: 'p.phone_numbers[1]',
  first_name: 'p.first_name',
  last_name: 'p.last_name',
  username: 'p.username',
};

function orderOf(orderBy: string): { sql: Prisma.Sql; usesProfile: boolean } {
  const column = ORDERS[orderBy.replace(/^[-+ ]/, '')]!;
  const direction = orderBy.startsWith('-') ? 'DESC' : 'ASC';
  const nulls = column.startsWith('p.') ? ' NULLS LAST' : '';
  return {
    sql: Prisma.raw(`${column} ${direction}${nulls}, m.id ${direction}`),
    usesProfile: column.startsWith('p.'),
  };
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
  const manages = { permissions: { some: { instanceId, permission: { key: MINIMUM_PERMISSION } } } };
  const other = await tx.membership.findFirst({
    where: { instanceId, organizationId, userId: { not: userId }, role: manages },
    select: { id: true },
  });
  return other !== null;
}
