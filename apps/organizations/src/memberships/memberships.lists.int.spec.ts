import { Client, type QueryConfig } from 'pg';
import { useLatchkey } from '@latchkey/testing';

const MEMBERS = 20_000;
const MANY = 1_000;
/** A list that reads its first page from an index reads little more than it shows; one that does not reads every member. */
const MOST_ROWS = 2_000;

interface Plan {
  'Node Type': string;
  'Relation Name'?: string;
  'Actual Rows': number;
  'Actual Loops': number;
  'Rows Removed by Filter'?: number;
  Plans?: Plan[];
}

describe('lists of a large organization', () => {
  let database: Client;
  // Before the databases are dropped, which they are in the order in which it is asked for.
  afterAll(() => database.end());
  const latchkey = useLatchkey({ settings: { organizations: { enabled: true, max_allowed_memberships: 0 } } });
  const { bapi, given } = latchkey;
  let organizationId: string;
  let userId: string;

  beforeAll(async () => {
    const { databaseUrls, instance } = latchkey.at;
    userId = (await given.user()).id;
    organizationId = (await given.organization(userId, { max_allowed_memberships: 0 })).id;
    database = new Client({ connectionString: databaseUrls.organizations });
    await database.connect();
    await crowd(database, instance.id, organizationId, userId);
  }, 60_000);

  /** The statements that a request sends to the database of organizations, run once more with what they read. */
  const plansOf = async (path: string): Promise<{ text: string; plan: Plan }[]> => {
    const sent: { text: string; values: unknown[] }[] = [];
    const original = Client.prototype.query;
    Client.prototype.query = function (this: Client, config: QueryConfig, ...rest: unknown[]) {
      if (
        this.database === database.database &&
        /SELECT/.test(config?.text ?? '') &&
        !/FOR UPDATE|outbox|inbox|queued_messages/.test(config.text)
      )
        sent.push({ text: config.text, values: config.values ?? [] });
      return Reflect.apply(original, this, [config, ...rest]) as unknown;
    } as typeof original;
    try {
      expect((await bapi.get(path)).status).toBe(200);
    } finally {
      Client.prototype.query = original;
    }
    const plans = [];
    for (const { text, values } of sent) {
      const { rows } = await database.query<{ 'QUERY PLAN': { Plan: Plan }[] }>(
        `EXPLAIN (ANALYZE, FORMAT JSON) ${text}`,
        values,
      );
      plans.push({ text, plan: rows[0]!['QUERY PLAN'][0]!.Plan });
    }
    return plans;
  };
  const nodesOf = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(nodesOf)];
  const rowsRead = (plan: Plan): number =>
    Math.max(
      ...nodesOf(plan).map(
        (node) => (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0)) * node['Actual Loops'],
      ),
    );

  const orders = ['created_at', 'email_address', 'phone_number', 'first_name', 'last_name', 'username'];
  const filters = [
    'query=member+777',
    'query=user_crowd_0000777',
    'name_query=member+777',
    'email_address_query=crowd777%40',
    'username_query=crowd_777',
    'email_address=crowd777%40example.com',
    'username=crowd_777',
    'user_id=user_crowd_0000777',
    'role=org:admin',
    'created_at_after=4000000000000',
    'last_active_at_after=4000000000000',
  ];
  const members = () => `/v1/organizations/${organizationId}/memberships`;
  it.each([...orders.flatMap((order) => [`order_by=${order}`, `order_by=-${order}`]), ...filters])(
    'members by %s come from an index',
    async (query) => {
      const plans = await plansOf(`${members()}?${query}`);

      expect(plans.filter(({ text }) => text.includes('memberships')).length).toBeGreaterThan(0);
      const read = plans.map(({ text, plan }) => ({ text, rows: rowsRead(plan) }));
      expect(read.filter(({ rows }) => rows > MOST_ROWS)).toEqual([]);
    },
  );

  it.each([
    ['the members of the instance', () => '/v1/organization_memberships'],
    ['the members of the instance by name', () => '/v1/organization_memberships?order_by=last_name'],
    ['the organizations of a user', () => `/v1/users/${userId}/organization_memberships`],
    ['organizations', () => '/v1/organizations?include_missing_member_with_elevated_permissions=true'],
    ['organizations by name', () => '/v1/organizations?order_by=name'],
    ['organizations by members', () => '/v1/organizations?order_by=-members_count'],
    ['organizations by a part of the name', () => '/v1/organizations?query=crowd+77'],
    ['organizations of a user', () => `/v1/organizations?user_id=${userId}`],
    ['invitations', () => `/v1/organizations/${organizationId}/invitations`],
    ['invitations by address', () => `/v1/organizations/${organizationId}/invitations?order_by=email_address`],
    ['invitations in a state', () => `/v1/organizations/${organizationId}/invitations?status=revoked`],
    ['invitations of the instance', () => '/v1/organization_invitations?order_by=expires_at'],
    ['invitations by a part of the address', () => '/v1/organization_invitations?query=invited777'],
  ])('%s come from an index', async (_name, path) => {
    const plans = await plansOf(path());

    const read = plans
      .filter(({ text }) => !/count\(|SUM\(/i.test(text))
      .map(({ text, plan }) => ({ text, rows: rowsRead(plan) }));
    expect(read.length).toBeGreaterThan(0);
    expect(read.filter(({ rows }) => rows > MOST_ROWS)).toEqual([]);
  });

  it('does not ask more often for more rows', async () => {
    const few = await plansOf(`${members()}?limit=2`);
    const many = await plansOf(`${members()}?limit=100`);

    expect(many.length).toBe(few.length);
  });
});

/** Members, organizations of one user and invitations, straight into the tables: through the API they would take minutes. */
async function crowd(database: Client, instanceId: string, organizationId: string, userId: string): Promise<void> {
  const [instance, organization, user] = [instanceId, organizationId, userId].map((id) => database.escapeLiteral(id));
  await database.query(`INSERT INTO user_profiles (user_id, instance_id, first_name, last_name, username, email_addresses, phone_numbers,
      web3_wallets, last_active_at, public_user_data, as_of)
    SELECT 'user_crowd_' || lpad(n::text, 7, '0'), ${instance}, 'Member ' || n, 'Crowd', 'crowd_' || n,
      ARRAY['crowd' || n || '@example.com'], ARRAY['+1555' || lpad(n::text, 7, '0')], '{}', now(), '{}', now()
    FROM generate_series(1, ${MEMBERS}) AS n`);
  await database.query(`INSERT INTO memberships (id, instance_id, organization_id, user_id, role_id, created_at)
    SELECT 'orgmem_crowd_' || n, ${instance}, ${organization}, 'user_crowd_' || lpad(n::text, 7, '0'),
      (SELECT id FROM roles WHERE instance_id = ${instance} AND key = 'org:member'), now() - n * interval '1 second'
    FROM generate_series(1, ${MEMBERS}) AS n`);
  await database.query(`UPDATE organizations SET members_count = ${MEMBERS + 1} WHERE id = ${organization}`);
  await database.query(`INSERT INTO organizations (id, instance_id, name, slug, members_count, max_allowed_memberships, admin_delete_enabled, role_set_id)
    SELECT 'org_crowd_' || n, instance_id, 'Crowd ' || n, 'crowd-' || n, 1, 5, true, role_set_id
    FROM organizations, generate_series(1, ${MANY * 5}) AS n WHERE id = ${organization}`);
  await database.query(`INSERT INTO memberships (id, instance_id, organization_id, user_id, role_id)
    SELECT 'orgmem_of_user_' || n, m.instance_id, 'org_crowd_' || n, m.user_id, m.role_id
    FROM memberships m, generate_series(1, ${MANY}) AS n WHERE m.organization_id = ${organization} AND m.user_id = ${user}`);
  await database.query(`INSERT INTO invitations (id, instance_id, organization_id, email_address, role_id, status, ticket_hash, expires_at, created_at)
    SELECT 'orginv_crowd_' || n, instance_id, organization_id, 'invited' || n || '@example.com', role_id, 'expired', 'crowd ' || n,
      now() + n * interval '1 second', now() - n * interval '1 second'
    FROM memberships, generate_series(1, ${MEMBERS}) AS n WHERE organization_id = ${organization} AND user_id = ${user}`);
  await database.query('VACUUM ANALYZE');
}
