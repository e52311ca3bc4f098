import { Client } from 'pg';
import { testEmail, useLatchkey, type SignedIn } from '@latchkey/testing';

const settings = {
  organizations: { enabled: true, max_allowed_memberships: 0, domains: { enabled: true } },
};
type Method = 'get' | 'post' | 'patch' | 'delete' | 'put';

/** Users and the instance's settings are identity's; without them nothing is guessed, and nothing is written by halves. */
describe('organizations while identity is away', () => {
  let database: Client;
  let admin: Client;
  // Before the databases are dropped, which they are in the order in which it is asked for.
  afterAll(async () => {
    await database.end();
    await admin.end();
  });
  const latchkey = useLatchkey({ settings });
  const { bapi, given, events, clock } = latchkey;
  const known: Record<string, string> = {};
  let owner: SignedIn;

  beforeAll(async () => {
    owner = await given.signedInBrowser();
    known.owner = owner.userId;
    known.org = (await given.organization(owner.userId)).id;
    known.user = (await given.user()).id;
    const invited = { email_address: testEmail(), role: 'org:member' };
    known.invitation = (await bapi.post(`/v1/organizations/${known.org}/invitations`, invited)).body.id;
    database = new Client({ connectionString: latchkey.at.databaseUrls.organizations });
    admin = new Client({ connectionString: process.env.TEST_DATABASE_URL });
    await Promise.all([database.connect(), admin.connect()]);
    await events.settled();
  }, 60_000);

  /** Everything that the service keeps. */
  const kept = async () => {
    const { rows: tables } = await database.query<{ name: string }>(
      `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public' AND table_name <> 'inbox'`,
    );
    const all: Record<string, unknown> = {};
    for (const { name } of tables)
      all[name] = (
        await database.query(`SELECT count(*), md5(string_agg(t::text, ',' ORDER BY t::text)) FROM "${name}" t`)
      ).rows[0];
    return all;
  };
  const withoutIdentity = async <T>(work: () => Promise<T>): Promise<T> => {
    const name = new URL(latchkey.at.databaseUrls.identity).pathname.slice(1);
    await admin.query(`ALTER DATABASE "${name}" ALLOW_CONNECTIONS false`);
    await admin.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [name]);
    try {
      return await work();
    } finally {
      await admin.query(`ALTER DATABASE "${name}" ALLOW_CONNECTIONS true`);
    }
  };
  const filled = (text: string) => text.replace(/\{(\w+)\}/g, (_, name: string) => known[name]!);

  const ORG = '/v1/organizations/{org}';
  const calls: [string, Method, string, object | undefined][] = [
    ['CreateOrganization', 'post', '/v1/organizations', { name: 'New', created_by: '{user}' }],
    ['UpdateOrganization', 'patch', ORG, { name: 'Other' }],
    ['CreateOrganizationMembership', 'post', `${ORG}/memberships`, { user_id: '{user}', role: 'org:member' }],
    [
      'CreateOrganizationInvitation',
      'post',
      `${ORG}/invitations`,
      { email_address: 'a@here.example', role: 'org:admin' },
    ],
    ['RevokeOrganizationInvitation', 'post', `${ORG}/invitations/{invitation}/revoke`, {}],
    ['CreateOrganizationDomain', 'post', `${ORG}/domains`, { name: 'here.example' }],
    ['GetOrganization', 'get', ORG, undefined],
    ['UsersGetOrganizationInvitations', 'get', '/v1/users/{user}/organization_invitations', undefined],
  ];
  it.each(calls)('BAPI %s answers 503 and writes nothing', async (_, method, path, body) => {
    // Past the hour for which the instance and its users are known without identity.
    clock.advance(61 * 60_000);
    const before = await kept();

    const reply = await withoutIdentity(() =>
      bapi[method](filled(path), body && (JSON.parse(filled(JSON.stringify(body))) as object)),
    );

    expect([reply.status, reply.body.errors?.[0].code]).toEqual([503, 'service_unavailable']);
    expect(await kept()).toEqual(before);
  });

  it.each([
    ['createOrganization', '/v1/organizations', { name: 'New' }],
    ['createOrganizationInvitations', `${ORG}/invitations`, { email_address: 'b@here.example', role: 'org:admin' }],
    ['CreateOrganizationMembership', `${ORG}/memberships`, { user_id: '{user}', role: 'org:member' }],
  ])('FAPI %s answers 503 and writes nothing', async (_, path, fields) => {
    clock.advance(61 * 60_000);
    const before = await kept();

    const reply = await withoutIdentity(() =>
      owner.browser.post(filled(path), JSON.parse(filled(JSON.stringify(fields))) as Record<string, string>),
    );

    expect(reply.status).toBe(503);
    expect(await kept()).toEqual(before);
  });

  it('goes on where it left off once identity is back', async () => {
    const path = filled(`${ORG}/memberships`);

    const { status } = await bapi.post(path, { user_id: known.user, role: 'org:member' });

    expect(status).toBe(200);
    expect((await bapi.get(path)).body.total_count).toBe(2);
  });
});
