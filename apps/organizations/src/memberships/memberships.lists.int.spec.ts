import { Client, type QueryConfig } from 'pg';
import { useLatchkey, type SignedIn } from '@latchkey/testing';

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
  const latchkey = useLatchkey({
    settings: { organizations: { enabled: true, max_allowed_memberships: 0, domains: { enabled: true } } },
  });
  const { bapi, given } = latchkey;
  let organizationId: string;
  let userId: string;
  let owner: SignedIn;

  beforeAll(async () => {
    const { databaseUrls, instance } = latchkey.at;
    owner = await given.signedInBrowser();
    userId = owner.userId;
    organizationId = (await given.organization(userId, { max_allowed_memberships: 0 })).id;
    database = new Client({ connectionString: databaseUrls.organizations });
    await database.connect();
    await crowd(database, instance.id, organizationId, userId);
  }, 60_000);

  /** The statements that a request sends to the database of organizations, run once more with what they read. */
  const plansOf = async (
    path: string,
    reader: { get: typeof bapi.get } = bapi,
  ): Promise<{ text: string; plan: Plan }[]> => {
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
      expect((await reader.get(path)).status).toBe(200);
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
    ['invitations of the instance by address', () => '/v1/organization_invitations?order_by=email_address'],
    ['invitations of the instance in a state', () => '/v1/organization_invitations?status=revoked'],
    ['pending invitations', () => `/v1/organizations/${organizationId}/invitations/pending`],
    ['invitations of one address', () => `/v1/organizations/${organizationId}/invitations?email_address=a%40b.example`],
    ['invitations of a user', () => `/v1/users/${userId}/organization_invitations?status=pending`],
    ['domains', () => '/v1/organizations/org_crowd_77/domains?verified=true'],
    ['domains of the instance', () => '/v1/organization_domains'],
    ['domains of the instance by name', () => '/v1/organization_domains?order_by=name'],
    ['domains of the instance in a mode', () => '/v1/organization_domains?enrollment_mode=automatic_invitation'],
    ['domains of the instance that are proved', () => '/v1/organization_domains?verified=true'],
    ['domains of the instance that are not', () => '/v1/organization_domains?verified=false'],
    ['domains by a part of the name', () => '/v1/organization_domains?query=crowd-777'],
    ['domains of an organization', () => '/v1/organization_domains?query=org_crowd_77'],
    ['domains by their names', () => '/v1/organization_domains?domains=crowd-77.example&domains=crowd-78.example'],
  ])('%s come from an index', async (_name, path) => {
    const plans = await plansOf(path());

    const read = plans
      .filter(({ text }) => !/count\(|SUM\(/i.test(text))
      .map(({ text, plan }) => ({ text, rows: rowsRead(plan) }));
    expect(read.length).toBeGreaterThan(0);
    expect(read.filter(({ rows }) => rows > MOST_ROWS)).toEqual([]);
  });

  it.each([
    ['members', () => `/v1/organizations/${organizationId}/memberships?paginated=true&role=org:admin`],
    ['members found', () => `/v1/organizations/${organizationId}/memberships?query=member+777`],
    ['organizations', () => '/v1/me/organization_memberships?paginated=true'],
    ['invitations', () => `/v1/organizations/${organizationId}/invitations?status=pending`],
    ['own invitations', () => '/v1/me/organization_invitations?status=pending'],
    ['own suggestions', () => '/v1/me/organization_suggestions?status=pending&status=accepted'],
    ['membership requests', () => `/v1/organizations/${organizationId}/membership_requests`],
    ['membership requests in a state', () => `/v1/organizations/${organizationId}/membership_requests?status=pending`],
    ['domains', () => `/v1/organizations/${organizationId}/domains`],
  ])('%s, as a member sees them, come from an index', async (_name, path) => {
    const plans = await plansOf(path(), owner.browser);

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
  await database.query(`INSERT INTO organization_domains (id, instance_id, organization_id, name, verified_name, enrollment_mode)
    SELECT 'orgdmn_crowd_' || n, ${instance}, 'org_crowd_' || n, 'crowd-' || n || '.example',
      CASE n % 2 WHEN 0 THEN 'crowd-' || n || '.example' END, CASE n % 10 WHEN 0 THEN 'automatic_invitation' ELSE 'manual_invitation' END
    FROM generate_series(1, ${MANY * 5}) AS n`);
  await database.query(`INSERT INTO suggestions (id, instance_id, organization_id, user_id, status)
    SELECT 'orgsug_crowd_' || n, ${instance}, ${organization}, 'user_crowd_' || lpad(n::text, 7, '0'), 'completed'
    FROM generate_series(1, ${MEMBERS}) AS n`);
  await database.query(`INSERT INTO membership_requests (id, instance_id, organization_id, user_id, status)
    SELECT 'orgmemreq_crowd_' || n, ${instance}, ${organization}, 'user_crowd_' || lpad(n::text, 7, '0'), 'accepted'
    FROM generate_series(1, ${MEMBERS}) AS n`);
  await database.query('VACUUM ANALYZE');
}
