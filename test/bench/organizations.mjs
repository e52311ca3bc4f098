import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { withDatabase } from '@latchkey/postgres';
import { embeddedUrl } from './database.mjs';
import { requestsPerSecond } from './load.mjs';

const MEMBERS = 100_000;
const ORGANIZATIONS = 1_000;
const FEW = 10;

/**
 * What an organization of 100 000 members costs beside one of ten, and a user in 1 000 organizations beside one in ten:
 * requests per second of the large one, with those of the small one as the limit; and what their deletion takes.
 *
 * @param {import('./server.mjs').Server} server
 * @returns {Promise<{ name: string, value: number, unit: string, limit: number }[]>}
 */
export async function organizations(server) {
  await server.bapi('PATCH', '/v1/instance/organization_settings', { enabled: true, max_allowed_memberships: 0 });
  const large = await member(server, MEMBERS, ORGANIZATIONS);
  const small = await member(server, FEW, FEW);
  const api = server.app.CLERK_API_URL;
  const fapi = server.app.CLERK_PROXY_URL;
  const headers = { authorization: `Bearer ${server.app.CLERK_SECRET_KEY}` };
  /** @typedef {typeof large} Member */
  /** @type {[string, (of: Member) => import('autocannon').Options][]} */
  const calls = [
    ['members, page 1', ({ id }) => ({ url: `${api}/v1/organizations/${id}/memberships?limit=10`, headers })],
    ['members by name', ({ id }) => ({ url: `${api}/v1/organizations/${id}/memberships?order_by=last_name`, headers })],
    [
      'member found by a search',
      ({ id }) => ({ url: `${api}/v1/organizations/${id}/memberships?query=crowd7%40`, headers }),
    ],
    [
      'token with the organization',
      ({ query, sessionId }) => ({ url: `${fapi}/v1/client/sessions/${sessionId}/tokens${query}`, method: 'POST' }),
    ],
    [
      'switching the organization',
      ({ id, query, sessionId }) => ({
        url: `${fapi}/v1/client/sessions/${sessionId}/touch${query}`,
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: `active_organization_id=${id}`,
      }),
    ],
    [
      'organizations of a user, page 1',
      ({ query }) => ({ url: `${fapi}/v1/me/organization_memberships${query}&paginated=true&limit=10` }),
    ],
  ];
  const rows = [];
  for (const [name, call] of calls) {
    const limit = await requestsPerSecond(call(small));
    const value = await requestsPerSecond(call(large));
    rows.push({ name: `large organization: ${name}`, value, unit: '/s', limit });
  }
  await visit(server, large.id, MEMBERS);
  await visit(server, small.id, FEW);
  const few = await leave(server, small.id);
  const many = await leave(server, large.id);
  rows.push({
    name: 'large organization: its deletion, answered',
    value: many.answered,
    unit: 'ms',
    limit: few.answered,
  });
  rows.push({
    name: 'large organization: its deletion, out of every session',
    value: many.left,
    unit: 'ms',
    limit: few.left,
  });
  return rows;
}

/**
 * Gives an organization so many sessions in which it is active.
 *
 * @param {import('./server.mjs').Server} server
 * @param {string} id
 * @param {number} sessions
 */
async function visit(server, id, sessions) {
  await query(
    server,
    'latchkey_identity',
    `INSERT INTO clients (id, instance_id, rotating_token, rotated_at)
    SELECT 'client_' || $1::text || n, (SELECT min(id) FROM instances), md5(n::text), now() FROM generate_series(1, $2::int) AS n`,
    [id, sessions],
  );
  await query(
    server,
    'latchkey_identity',
    `INSERT INTO sessions (id, instance_id, client_id, user_id, status, last_active_organization_id, last_active_at, expire_at,
      abandon_at, activity)
    SELECT 'sess_' || $1::text || n, (SELECT min(id) FROM instances), 'client_' || $1::text || n, 'user_' || $1::text || n, 'active', $1,
      now(), now() + interval '7 days', now() + interval '7 days', '{}' FROM generate_series(1, $2::int) AS n`,
    [id, sessions],
  );
  await query(server, 'latchkey_identity', 'VACUUM ANALYZE');
}

/**
 * How long it takes to delete an organization: until the answer, and until it is active in no session any more.
 *
 * @param {import('./server.mjs').Server} server
 * @param {string} id
 */
async function leave(server, id) {
  const began = performance.now();
  await server.bapi('DELETE', `/v1/organizations/${id}`);
  const answered = performance.now() - began;
  for (;;) {
    const [row] = await query(
      server,
      'latchkey_identity',
      'SELECT EXISTS (SELECT FROM sessions WHERE instance_id = (SELECT min(id) FROM instances) AND last_active_organization_id = $1) AS is_there',
      [id],
    );
    if (!row.is_there) return { answered, left: performance.now() - began };
    await delay(5);
  }
}

/**
 * @param {import('./server.mjs').Server} server
 * @param {string} name of the database
 * @param {string} text
 * @param {unknown[]} [values]
 */
async function query(server, name, text, values) {
  const database = new pg.Client({ connectionString: withDatabase(embeddedUrl(server.dataDir), name) });
  await database.connect();
  try {
    return (await database.query(text, values)).rows;
  } finally {
    await database.end();
  }
}

/**
 * Somebody signed in, whose active organization has so many members, and who is in so many organizations.
 *
 * @param {import('./server.mjs').Server} server
 * @param {number} members
 * @param {number} ofUser
 */
async function member(server, members, ofUser) {
  const user = await server.signUp();
  const create = (/** @type {string} */ name) =>
    server.bapi('POST', '/v1/organizations', { name, created_by: user.userId, max_allowed_memberships: 0 });
  const { id } = await create(`Crowd of ${members}`);
  await crowd(server, { id, userId: user.userId, members, ofUser });
  // Through the API, so that what is kept of the user's memberships is read anew.
  await create('The last one');
  await fetch(`${server.app.CLERK_PROXY_URL}/v1/client/sessions/${user.sessionId}/touch${user.query}`, {
    method: 'POST',
    body: new URLSearchParams({ active_organization_id: String(id) }),
  });
  return { ...user, id: String(id) };
}

/**
 * Members and organizations straight into the tables: through the API they would take an hour.
 *
 * @param {import('./server.mjs').Server} server
 * @param {{ id: string, userId: string, members: number, ofUser: number }} about
 */
async function crowd(server, { id, userId, members, ofUser }) {
  const database = new pg.Client({
    connectionString: withDatabase(embeddedUrl(server.dataDir), 'latchkey_organizations'),
  });
  await database.connect();
  try {
    await database.query(
      `INSERT INTO user_profiles (user_id, instance_id, first_name, last_name, username, email_addresses, phone_numbers,
        web3_wallets, public_user_data, as_of)
      SELECT 'user_' || o.id || n, o.instance_id, 'Member ' || n, 'Crowd ' || n, 'crowd_' || n,
        ARRAY['crowd' || n || '@example.com'], '{}', '{}', '{}', now()
      FROM organizations o, generate_series(1, $2::int) AS n WHERE o.id = $1`,
      [id, members - 1],
    );
    await database.query(
      `INSERT INTO memberships (id, instance_id, organization_id, user_id, role_id, created_at)
      SELECT 'orgmem_' || o.id || n, o.instance_id, o.id, 'user_' || o.id || n, s.default_role_id, now() - n * interval '1 second'
      FROM organizations o JOIN role_sets s ON s.id = o.role_set_id, generate_series(1, $2::int) AS n WHERE o.id = $1`,
      [id, members - 1],
    );
    await database.query('UPDATE organizations SET members_count = $2 WHERE id = $1', [id, members]);
    await database.query(
      `INSERT INTO organizations (id, instance_id, name, slug, members_count, max_allowed_memberships, admin_delete_enabled, role_set_id)
      SELECT o.id || n, o.instance_id, 'Organization ' || n, o.slug || n, 1, 0, true, o.role_set_id
      FROM organizations o, generate_series(1, $2::int) AS n WHERE o.id = $1`,
      [id, ofUser - 2],
    );
    await database.query(
      `INSERT INTO memberships (id, instance_id, organization_id, user_id, role_id)
      SELECT m.id || n, m.instance_id, m.organization_id || n, m.user_id, m.role_id
      FROM memberships m, generate_series(1, $3::int) AS n WHERE m.organization_id = $1 AND m.user_id = $2`,
      [id, userId, ofUser - 2],
    );
    await database.query('VACUUM ANALYZE');
  } finally {
    await database.end();
  }
}
