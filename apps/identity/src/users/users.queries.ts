import { columns, prepared } from '@latchkey/db';
import { type IdentityDb, type Tx } from '../db.js';
import { Prisma, type User } from '../generated/prisma/client.js';
import type { fullUser, FullUser } from './users.serializer.js';
import type { UserFilters, UserListQuery } from './users.schemas.js';

type Sql = Prisma.Sql;

/** Users to whom a list is limited (nobody, when empty), and users that it leaves out. */
export interface Members {
  include?: string[];
  exclude?: string[];
}

/** What a list of users may be ordered by, in SQL. Users without a value come first in ascending and last in descending order. */
const ORDERS: Record<string, Sql> = {
  created_at: Prisma.sql`u.created_at`,
  updated_at: Prisma.sql`u.updated_at`,
  email_address: Prisma.sql`email.email_address`,
  phone_number: Prisma.sql`phone.phone_number`,
  first_name: Prisma.sql`u.first_name`,
  last_name: Prisma.sql`u.last_name`,
  username: Prisma.sql`u.username`,
  last_active_at: Prisma.sql`u.last_active_at`,
  last_sign_in_at: Prisma.sql`u.last_sign_in_at`,
  // Nobody has a wallet yet.
  web3wallet: Prisma.sql`u.id`,
};

/** Never null: their indexes are read in both directions as they are. */
const ALWAYS_THERE = new Set(['created_at', 'updated_at', 'web3wallet']);

/**
 * The ids of the users that a query asks for, in its order.
 *
 * SQL instead of Prisma's words: an order by the primary address and a search that unites indexes cannot be said in them.
 *
 * @param after the user of `starting_after`
 * @param members whom the filter by organization has found
 */
export async function findUserIds(
  db: IdentityDb | Tx,
  instanceId: string,
  query: UserListQuery,
  { after, members }: { after?: { id: string; createdAt: Date }; members?: Members } = {},
): Promise<string[]> {
  const isDescending = query.order_by.startsWith('-');
  const field = query.order_by.replace(/^[+-]/, '');
  const conditions = filtersToSql(instanceId, query, members);
  if (after) {
    conditions.push(
      isDescending
        ? Prisma.sql`(u.created_at, u.id) < (${after.createdAt}, ${after.id})`
        : Prisma.sql`(u.created_at, u.id) > (${after.createdAt}, ${after.id})`,
    );
  }
  const direction = isDescending ? Prisma.sql`DESC` : Prisma.sql`ASC`;
  const nulls = ALWAYS_THERE.has(field)
    ? Prisma.empty
    : isDescending
      ? Prisma.sql`NULLS LAST`
      : Prisma.sql`NULLS FIRST`;
  const joins =
    field === 'email_address'
      ? Prisma.sql`LEFT JOIN email_addresses email ON email.id = u.primary_email_address_id`
      : field === 'phone_number'
        ? Prisma.sql`LEFT JOIN phone_numbers phone ON phone.id = u.primary_phone_number_id`
        : Prisma.empty;
  const rows = await db.$queryRaw<{ id: string }[]>`
    SELECT u.id FROM users u ${joins}
    WHERE ${Prisma.join(conditions, ' AND ')}
    ORDER BY ${ORDERS[field]!} ${direction} ${nulls}, u.id ${direction}
    LIMIT ${query.limit} OFFSET ${query.offset}`;
  return rows.map(({ id }) => id);
}

/** How many users fit the filters. */
export async function countUsers(
  db: IdentityDb | Tx,
  instanceId: string,
  filters: UserFilters,
  members?: Members,
): Promise<number> {
  const [row] = await db.$queryRaw<{ count: bigint }[]>`
    SELECT count(*) AS count FROM users u WHERE ${Prisma.join(filtersToSql(instanceId, filters, members), ' AND ')}`;
  return Number(row!.count);
}

/** Lets changes of one user that read before they write happen one after the other. */
export async function lockUser(tx: Tx, ctx: { instanceId: string }, id: string): Promise<void> {
  await tx.$queryRaw`SELECT id FROM users WHERE id = ${id} AND instance_id = ${ctx.instanceId} FOR UPDATE`;
}

const USER = Prisma.raw(columns('u', Prisma.UserScalarFieldEnum));

/** A user's own row, held until the transaction ends. */
export async function holdUser(tx: Tx, ctx: { instanceId: string }, id: string): Promise<User | null> {
  const [user] = await tx.$queryRaw<User[]>`
    SELECT ${USER} FROM users u WHERE u.id = ${id} AND u.instance_id = ${ctx.instanceId} FOR UPDATE`;
  return user ?? null;
}

const NOBODY = Prisma.sql`FALSE`;

function filtersToSql(instanceId: string, filters: UserFilters, members?: Members): Sql[] {
  const conditions = [Prisma.sql`u.instance_id = ${instanceId}`];
  const add = (condition: Sql) => conditions.push(condition);
  const { email_address, phone_number, username, web3_wallet, banned } = filters;
  if (email_address)
    add(
      Prisma.sql`u.id IN (SELECT user_id FROM email_addresses WHERE instance_id = ${instanceId} AND email_address = ANY(${email_address}))`,
    );
  if (phone_number)
    add(
      Prisma.sql`u.id IN (SELECT user_id FROM phone_numbers WHERE instance_id = ${instanceId} AND phone_number = ANY(${phone_number}))`,
    );
  if (username) add(Prisma.sql`u.username = ANY(${username})`);
  // No user has a wallet or an external account yet: what asks for one finds nobody.
  if (web3_wallet) add(NOBODY);
  if (filters.provider !== undefined) add(NOBODY);
  addSelection(conditions, Prisma.sql`u.id`, members);
  addSelection(conditions, Prisma.sql`u.id`, chosen(filters.user_id));
  addSelection(conditions, Prisma.sql`u.external_id`, chosen(filters.external_id));
  if (banned !== undefined) add(Prisma.sql`u.is_banned = ${banned}`);
  addMoments(conditions, filters);
  addSearches(conditions, instanceId, filters);
  return conditions;
}

/** A selection that names nobody to include limits nothing. */
const chosen = (selection: UserFilters['user_id']): Members | undefined =>
  selection && { include: selection.include.length ? selection.include : undefined, exclude: selection.exclude };

function addSelection(conditions: Sql[], column: Sql, selection: Members | undefined): void {
  if (selection?.include) conditions.push(Prisma.sql`${column} = ANY(${selection.include})`);
  if (selection?.exclude?.length)
    conditions.push(Prisma.sql`(${column} IS NULL OR ${column} <> ALL(${selection.exclude}))`);
}

function addMoments(conditions: Sql[], filters: UserFilters): void {
  const before = (column: Sql, moment?: Date) => moment && conditions.push(Prisma.sql`${column} < ${moment}`);
  const after = (column: Sql, moment?: Date) => moment && conditions.push(Prisma.sql`${column} > ${moment}`);
  before(Prisma.sql`u.created_at`, filters.created_at_before);
  after(Prisma.sql`u.created_at`, filters.created_at_after);
  before(Prisma.sql`u.last_active_at`, filters.last_active_at_before);
  after(Prisma.sql`u.last_active_at`, filters.last_active_at_after);
  after(Prisma.sql`u.last_active_at`, filters.last_active_at_since);
  before(Prisma.sql`u.last_sign_in_at`, filters.last_sign_in_at_before);
  after(Prisma.sql`u.last_sign_in_at`, filters.last_sign_in_at_after);
}

/** Partial matches. Each names the expression of a trigram index, and each is an index scan of its own: an OR would read everybody. */
function addSearches(conditions: Sql[], instanceId: string, filters: UserFilters): void {
  const email = (pattern: string) =>
    Prisma.sql`SELECT user_id FROM email_addresses WHERE instance_id = ${instanceId} AND lower(email_address) LIKE ${pattern}`;
  const phone = (pattern: string) =>
    Prisma.sql`SELECT user_id FROM phone_numbers WHERE instance_id = ${instanceId} AND lower(phone_number) LIKE ${pattern}`;
  const username = (pattern: string) =>
    Prisma.sql`SELECT id FROM users WHERE instance_id = ${instanceId} AND lower(username) LIKE ${pattern}`;
  const name = (pattern: string) =>
    Prisma.sql`SELECT id FROM users WHERE instance_id = ${instanceId} AND lower(coalesce(first_name, '') || ' ' || coalesce(last_name, '')) LIKE ${pattern}`;
  const { query, email_address_query, phone_number_query, username_query, name_query } = filters;
  const among = (ids: Sql) => conditions.push(Prisma.sql`u.id IN (${ids})`);
  if (email_address_query) among(email(patternOf(email_address_query)));
  if (phone_number_query) among(phone(patternOf(phone_number_query)));
  if (username_query) among(username(patternOf(username_query)));
  if (name_query) among(name(patternOf(name_query)));
  if (query) {
    const pattern = patternOf(query);
    const id = Prisma.sql`SELECT id FROM users WHERE instance_id = ${instanceId} AND id = ${query}`;
    among(Prisma.join([id, email(pattern), phone(pattern), username(pattern), name(pattern)], ' UNION '));
  }
}

/** A LIKE pattern for a text anywhere, in any case. */
const patternOf = (text: string) => `%${text.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`;

/** The rows of a table of identifiers that belong to user `u`, each with its verification, as a JSON list. */
const identifiers = (table: string, fields: object) => `(
  SELECT coalesce(json_agg(row ORDER BY row."createdAt"), '[]') FROM (
    SELECT ${columns('i', fields)}, (
      SELECT row_to_json(row) FROM (
        SELECT ${columns('v', Prisma.VerificationScalarFieldEnum)} FROM verifications v WHERE v.id = i.verification_id
      ) row
    ) AS verification
    FROM ${table} i WHERE i.user_id = u.id
  ) row)`;

/** Everything that `fullUser` reads beside the user's own row. */
const relations: Record<keyof typeof fullUser, string> = {
  emailAddresses: identifiers('email_addresses', Prisma.EmailAddressScalarFieldEnum),
  phoneNumbers: identifiers('phone_numbers', Prisma.PhoneNumberScalarFieldEnum),
};

/** As one JSON object: to read it costs a fraction of what the driver needs for as many columns. */
const FIND_FULL_USER = `
  SELECT row_to_json(row) AS "user" FROM (
    SELECT ${columns('u', Prisma.UserScalarFieldEnum)},
      ${Object.entries(relations)
        .map(([name, list]) => `${list} AS "${name}"`)
        .join()}
    FROM users u WHERE u.id = $1 AND u.instance_id = $2
  ) row`;

/**
 * A user with everything that is shown of them. A prepared statement instead of Prisma's words, whose own work on this read costs
 * more than all the rest of the request: servers ask for users all the time.
 */
export async function findFullUser(db: IdentityDb, instanceId: string, id: string): Promise<FullUser | null> {
  const [found] = await prepared<{ user: FullUser }>(db, 'users.full', FIND_FULL_USER, [id, instanceId]);
  if (!found) return null;
  const { user } = found;
  reviveTimes(user);
  for (const name of Object.keys(relations) as (keyof typeof fullUser)[])
    for (const row of user[name]) reviveTimes(row, row.verification);
  return user;
}

/** JSON has no times: gives rows theirs back. */
function reviveTimes(...rows: (object | null)[]): void {
  for (const row of rows as (Record<string, unknown> | null)[])
    for (const field in row) {
      const value = row[field];
      if (typeof value === 'string' && /(At|Until)$/.test(field)) row[field] = new Date(value);
    }
}
