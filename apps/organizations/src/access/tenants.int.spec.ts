import { randomUUID } from 'node:crypto';
import { operations, type Operation } from '@latchkey/contracts';
import { Client } from 'pg';
import sharp from 'sharp';
import { testEmail, useLatchkey, type SignedIn, type TestInstance, until } from '@latchkey/testing';

const settings = {
  organizations: {
    enabled: true,
    max_allowed_memberships: 0,
    domains: { enabled: true, enrollment_modes: ['manual_invitation', 'automatic_invitation', 'automatic_suggestion'] },
  },
};
type Method = 'get' | 'post' | 'patch' | 'delete' | 'put';
type Call = [Method, string, object?];

/** Whatever an instance has can be named by another one's keys and sessions, and is not there for them. */
describe('organizations of another instance', () => {
  const latchkey = useLatchkey({ settings });
  const { bapi, given, events } = latchkey;
  let other: TestInstance;
  let stranger: SignedIn;
  let database: Client;
  let known: Record<string, string>;
  let picture: Buffer;
  afterAll(() => database.end());

  beforeAll(async () => {
    database = new Client({ connectionString: latchkey.at.databaseUrls.organizations });
    database.on('error', () => undefined);
    await database.connect();
    other = await latchkey.anotherInstance({ settings });
    stranger = await other.given.signedInBrowser();
    // So that it has roles and a set of its own, and its user is a member somewhere.
    await other.given.organization(stranger.userId);

    const owner = await given.signedInBrowser();
    const domain = `${randomUUID()}.example`;
    // Named apart: a slug that the other instance has, too, would find its own organization.
    const { id: org, slug } = await given.organization(owner.userId, { name: 'Only here' });
    const path = `/v1/organizations/${org}`;
    const made = async (at: string, body: object) => String((await bapi.post(at, body)).body.id);
    const invitation = await made(`${path}/invitations`, { email_address: testEmail(), role: 'org:member' });
    const domainId = await made(`${path}/domains`, { name: domain, enrollment_mode: 'automatic_suggestion' });
    const permission = await made('/v1/organization_permissions', { name: 'Read', key: 'org:notes:read' });
    const role = await made('/v1/organization_roles', { name: 'Reader', key: 'org:reader', permissions: [permission] });
    const set = await made('/v1/role_sets', {
      name: 'Second',
      key: 'role_set:second',
      roles: ['org:admin', 'org:reader'],
      default_role_key: 'org:reader',
      creator_role_key: 'org:admin',
    });
    const asks = await given.signedInBrowser({ email_address: `asks+clerk_test@${domain}` });
    const suggested = await given.signedInBrowser({ email_address: `suggested+clerk_test@${domain}` });
    const suggestionOf = ({ browser }: SignedIn): Promise<string> =>
      until('a suggestion', async () => {
        const { response } = (await browser.get('/v1/me/organization_suggestions')).body;
        return response.data[0]?.id as string | undefined;
      });
    await asks.browser.post(`/v1/me/organization_suggestions/${await suggestionOf(asks)}/accept`);
    const requests = (await owner.browser.get(`${path}/membership_requests`)).body.response.data;
    const suggestion = await suggestionOf(suggested);
    picture = await sharp({ create: { width: 8, height: 8, channels: 3, background: '#345' } })
      .png()
      .toBuffer();
    const uploaded = await owner.browser.upload('PUT', `${path}/logo`, picture);
    const logo = /organizations\/([^/?]+)/.exec(uploaded.body.response.image_url)![1]!;
    known = {
      org,
      slug,
      owner: owner.userId,
      invitation,
      domainId,
      permission,
      role,
      set,
      request: requests[0].id,
      suggestion,
      logo,
      domain,
    };
  }, 60_000);

  /** Everything that the service keeps of the instance. */
  const kept = async () => {
    await events.settled();
    const { rows: tables } = await database.query<{ name: string }>(
      `SELECT table_name AS name FROM information_schema.columns WHERE table_schema = 'public' AND column_name = 'instance_id'`,
    );
    const all: Record<string, unknown> = {};
    for (const { name } of tables)
      all[name] = (
        await database.query(
          `SELECT count(*), md5(string_agg(t::text, ',' ORDER BY t::text)) FROM "${name}" t WHERE instance_id = $1`,
          [latchkey.at.instance.id],
        )
      ).rows[0];
    return all;
  };
  const own = ['memberships', 'invitations', 'suggestions'];
  const lists = [
    '/v1/organizations',
    '/v1/organization_memberships',
    '/v1/organization_invitations',
    '/v1/organization_domains',
    '/v1/organization_roles',
    '/v1/organization_permissions',
    '/v1/role_sets',
  ];
  const filled = (text: string) => text.replace(/\{(\w+)\}/g, (_, name: string) => known[name]!);
  const label = ([method, path]: Call) => `${method.toUpperCase()} ${path}`;
  const named = (calls: Call[]) => calls.map((call) => [label(call), call] as const);

  const ORG = '/v1/organizations/{org}';
  const byKey: Call[] = [
    ['get', ORG],
    ['get', '/v1/organizations/{slug}'],
    ['patch', ORG, { name: 'Taken' }],
    ['patch', `${ORG}/metadata`, { public_metadata: { taken: true } }],
    ['put', `${ORG}/metadata`, { public_metadata: { taken: true } }],
    ['delete', ORG],
    ['delete', '/v1/organizations/{slug}'],
    ['delete', `${ORG}/logo`],
    ['get', `${ORG}/memberships`],
    ['post', `${ORG}/memberships`, { user_id: '{owner}', role: 'org:admin' }],
    ['patch', `${ORG}/memberships/{owner}`, { role: 'org:member' }],
    ['patch', `${ORG}/memberships/{owner}/metadata`, { public_metadata: { taken: true } }],
    ['delete', `${ORG}/memberships/{owner}`],
    ['get', '/v1/users/{owner}/organization_invitations'],
    ['get', `${ORG}/invitations`],
    ['get', `${ORG}/invitations/pending`],
    ['post', `${ORG}/invitations`, { email_address: 'a@example.com', role: 'org:admin' }],
    ['post', `${ORG}/invitations/bulk`, [{ email_address: 'a@example.com', role: 'org:admin' }]],
    ['get', `${ORG}/invitations/{invitation}`],
    ['post', `${ORG}/invitations/{invitation}/revoke`, {}],
    ['get', `${ORG}/domains`],
    ['post', `${ORG}/domains`, { name: 'taken.example' }],
    ['patch', `${ORG}/domains/{domainId}`, { enrollment_mode: 'automatic_invitation' }],
    ['post', `${ORG}/domains/{domainId}/verify_ownership`, {}],
    ['delete', `${ORG}/domains/{domainId}`],
    ['get', '/v1/organization_roles/{role}'],
    ['patch', '/v1/organization_roles/{role}', { name: 'Taken' }],
    ['post', '/v1/organization_roles/{role}/permissions/{permission}'],
    ['delete', '/v1/organization_roles/{role}/permissions/{permission}'],
    ['delete', '/v1/organization_roles/{role}'],
    ['get', '/v1/organization_permissions/{permission}'],
    ['patch', '/v1/organization_permissions/{permission}', { name: 'Taken' }],
    ['delete', '/v1/organization_permissions/{permission}'],
    ['get', '/v1/role_sets/{set}'],
    ['get', '/v1/role_sets/role_set:second'],
    ['patch', '/v1/role_sets/{set}', { name: 'Taken' }],
    ['post', '/v1/role_sets/{set}/roles', { role_keys: ['org:member'] }],
    ['post', '/v1/role_sets/{set}/roles/replace', { role_key: 'org:reader', to_role_key: 'org:admin' }],
    ['post', '/v1/role_sets/{set}/replace', { dest_role_set_key: 'role_set:default' }],
  ];
  it.each(named(byKey))('are not there for a secret key: BAPI %s', async (_, [method, path, body]) => {
    const before = await kept();

    const reply = await other.bapi[method](filled(path), body && JSON.parse(filled(JSON.stringify(body))));

    expect(await kept()).toEqual(before);
    expect({ status: reply.status, errors: reply.body.errors?.length }).toEqual({ status: 404, errors: 1 });
  });

  const bySession: Call[] = [
    ['get', ORG],
    ['patch', ORG, { name: 'Taken' }],
    ['delete', ORG],
    ['delete', `${ORG}/logo`],
    ['get', `${ORG}/memberships`],
    ['post', `${ORG}/memberships`, { user_id: '{owner}', role: 'org:admin' }],
    ['patch', `${ORG}/memberships/{owner}`, { role: 'org:member' }],
    ['delete', `${ORG}/memberships/{owner}`],
    ['delete', '/v1/me/organization_memberships/{org}'],
    ['get', `${ORG}/roles`],
    ['get', `${ORG}/invitations`],
    ['get', `${ORG}/invitations/pending`],
    ['post', `${ORG}/invitations`, { email_address: 'a@example.com', role: 'org:admin' }],
    ['post', `${ORG}/invitations/bulk`, { email_address: 'a@example.com', role: 'org:admin' }],
    ['post', `${ORG}/invitations/{invitation}/revoke`],
    ['post', '/v1/me/organization_invitations/{invitation}/accept'],
    ['get', `${ORG}/membership_requests`],
    ['post', `${ORG}/membership_requests/{request}/accept`],
    ['post', `${ORG}/membership_requests/{request}/reject`],
    ['get', `${ORG}/domains`],
    ['post', `${ORG}/domains`, { name: 'taken.example' }],
    ['post', `${ORG}/domains/bulk`, { names: 'taken.example' }],
    ['get', `${ORG}/domains/{domainId}`],
    ['delete', `${ORG}/domains/{domainId}`],
    ['post', `${ORG}/domains/{domainId}/update_enrollment_mode`, { enrollment_mode: 'manual_invitation' }],
    [
      'post',
      `${ORG}/domains/{domainId}/prepare_affiliation_verification`,
      { affiliation_email_address: 'a@b.example' },
    ],
    ['post', `${ORG}/domains/{domainId}/attempt_affiliation_verification`, { code: '424242' }],
    ['post', `${ORG}/domains/{domainId}/prepare_ownership_verification`],
    ['post', `${ORG}/domains/{domainId}/attempt_ownership_verification`],
    ['post', `${ORG}/domains/prepare_ownership_verification/bulk`, { organization_domain_ids: '{domainId}' }],
    ['post', `${ORG}/domains/attempt_ownership_verification/bulk`, { organization_domain_ids: '{domainId}' }],
    ['post', '/v1/me/organization_suggestions/{suggestion}/accept'],
    ['get', '/v1/images/organizations/{logo}'],
  ];
  it.each(named(bySession))('are not there for a session: FAPI %s', async (_, [method, path, body]) => {
    const before = await kept();
    const fields = body && (JSON.parse(filled(JSON.stringify(body))) as Record<string, string>);

    const reply = await stranger.browser[method as 'post'](filled(path), fields);

    expect(await kept()).toEqual(before);
    expect({ status: reply.status, errors: reply.body.errors?.length }).toEqual({ status: 404, errors: 1 });
  });

  it('are not among the memberships of a user who is not there', async () => {
    const { body } = await other.bapi.get(filled('/v1/users/{owner}/organization_memberships'));

    expect(body).toEqual({ data: [], total_count: 0 });
  });

  it('take no logo: BAPI UploadOrganizationLogo, FAPI updateOrganizationLogo', async () => {
    const before = await kept();
    const form = new FormData();
    form.set('file', new Blob([new Uint8Array(picture)], { type: 'image/png' }), 'logo.png');
    const headers = { authorization: `Bearer ${other.secretKey}` };

    const byTheKey = await fetch(latchkey.at.bapiUrl + filled(`${ORG}/logo`), { method: 'PUT', body: form, headers });
    const inTheSession = await stranger.browser.upload('PUT', filled(`${ORG}/logo`), picture);

    expect([byTheKey.status, inTheSession.status]).toEqual([404, 404]);
    expect(await kept()).toEqual(before);
  });

  const naming: [string, Call][] = [
    ['CreateOrganization', ['post', '/v1/organizations', { name: 'X', created_by: '{owner}' }]],
    [
      'CreateOrganizationRole',
      ['post', '/v1/organization_roles', { name: 'X', key: 'org:x', permissions: ['{permission}'] }],
    ],
    [
      'CreateRoleSet',
      [
        'post',
        '/v1/role_sets',
        {
          name: 'X',
          roles: ['org:admin', 'org:reader'],
          default_role_key: 'org:reader',
          creator_role_key: 'org:admin',
        },
      ],
    ],
  ];
  it.each(naming)('are no part of what another instance makes: BAPI %s', async (_, [method, path, body]) => {
    const before = await kept();

    const reply = await other.bapi[method](path, JSON.parse(filled(JSON.stringify(body))) as object);

    expect(await kept()).toEqual(before);
    expect(reply.status).toBeGreaterThanOrEqual(400);
    expect(reply.status).toBeLessThan(500);
  });

  it('leave their keys and slugs to others: BAPI CreateOrganizationPermission, FAPI createOrganization', async () => {
    const before = await kept();

    const permission = await other.bapi.post('/v1/organization_permissions', { name: 'Read', key: 'org:notes:read' });
    const organization = await stranger.browser.post('/v1/organizations', { name: 'Mine', slug: known.slug! });

    expect([permission.status, organization.status]).toEqual([200, 200]);
    expect(organization.body.response.slug).toBe(known.slug);
    expect(await kept()).toEqual(before);
  });

  it('reach nobody who has the same address elsewhere: FAPI lists of the user, and creation defaults', async () => {
    const email_address = `suggested+clerk_test@${known.domain}`;
    const { browser } = await other.given.signedInBrowser({ email_address });
    const of = async (what: string) => (await browser.get(`/v1/me/organization_${what}`)).body.response;

    await events.settled();

    for (const what of own) {
      const found = await of(what);
      expect(found.data ?? found).toEqual([]);
    }
    expect((await of('creation_defaults')).advisory).toBeNull();
  });

  it('are asked for by every operation', () => {
    const called = [
      ...byKey.map((call) => `bapi ${label(call)}`),
      ...lists.map((path) => `bapi GET ${path}`),
      ...naming.map(([, call]) => `bapi ${label(call)}`),
      ...bySession.map((call) => `fapi ${label(call)}`),
      ...[...own, 'creation_defaults'].map((what) => `fapi GET /v1/me/organization_${what}`),
      ...['bapi', 'fapi'].map((api) => `${api} PUT ${ORG}/logo`),
      'bapi GET /v1/users/{owner}/organization_memberships',
      'bapi POST /v1/organization_permissions',
      'fapi POST /v1/organizations',
    ];
    const missing = (['bapi', 'fapi'] as const).flatMap((api) =>
      Object.entries<Operation>(operations[api])
        .filter(([, { owner }]) => owner === 'organizations')
        .filter(([, { method, path }]) => {
          const pattern = new RegExp(`^${api} ${method} ${path.replace(/:\w+/g, '[^/]+')}$`);
          return !called.some((call) => pattern.test(call));
        })
        .map(([id]) => `${api} ${id}`),
    );

    expect(missing).toEqual([]);
  });

  it.each(lists)('are in no list: BAPI GET %s', async (path) => {
    const ids = async (from: Pick<TestInstance, 'bapi'>) =>
      (await from.bapi.get(`${path}?limit=100`)).body.data.map(({ id }: { id: string }) => id) as string[];
    const own = new Set(await ids({ bapi }));

    expect(own.size).toBeGreaterThan(0);
    expect((await ids(other)).filter((id) => own.has(id))).toEqual([]);
  });
});
