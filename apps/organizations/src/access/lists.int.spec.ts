import { Client } from 'pg';
import { until, useLatchkey, type SignedIn } from '@latchkey/testing';

const MODES = ['manual_invitation', 'automatic_invitation', 'automatic_suggestion'];
const settings = {
  organizations: { enabled: true, max_allowed_memberships: 0, domains: { enabled: true, enrollment_modes: MODES } },
  attributes: { username: { enabled: true }, phone_number: { enabled: true } },
};
const HOUR = 3_600_000;

/** What a list answers for a query: the names, in order, of what `beforeAll` has made. */
type Case = [query: string, finds: string];
type Row = Record<string, any>; // eslint-disable-line @typescript-eslint/no-explicit-any -- an answer, whatever it is

/**
 * Every filter, search and order that the contract names, of every list that belongs to organizations.
 * In a query `{name}` is the id of what has the name, `{@name}` the moment before it was made.
 */
describe('lists', () => {
  const latchkey = useLatchkey({ settings });
  const { bapi, browser, clock, events } = latchkey;
  const known: Record<string, string> = {};
  const signedIn: Record<string, SignedIn['browser']> = {};

  const ok = async (reply: ReturnType<typeof bapi.get>) => {
    const { status, body } = await reply;
    if (status !== 200) throw new Error(JSON.stringify(body));
    return body;
  };
  /** Makes something that is called `name` here, a while after what was made before. */
  const make = async (name: string, path: string, fields: object) => {
    clock.advance(1_000);
    known[`@${name}`] = String(clock.now().getTime());
    const body = await ok(bapi.post(filled(path), JSON.parse(filled(JSON.stringify(fields))) as object));
    known[name] = String(body.id);
    return body;
  };
  const filled = (text: string) => text.replace(/\{(@?\w+)\}/g, (_, name: string) => known[name]!);
  const nameOf = (id: string) => Object.keys(known).find((name) => known[name] === id) ?? id;
  const signIn = async (name: string) => {
    const { token } = await ok(bapi.post('/v1/sign_in_tokens', { user_id: known[name] }));
    signedIn[name] = browser();
    clock.advance(1_000);
    await ok(signedIn[name].post('/v1/client/sign_ins', { strategy: 'ticket', ticket: token }));
  };
  /** Waits for a suggestion of an organization, and accepts it where `accepts` says so. */
  const suggested = async (user: string, organization: string, accepts: boolean) => {
    const one = await until('a suggestion came', async () => {
      const { response } = await ok(signedIn[user]!.get('/v1/me/organization_suggestions'));
      return (response.data as Row[]).find((row) => row.public_organization_data.id === known[organization]);
    });
    clock.advance(1_000);
    if (accepts) await ok(signedIn[user]!.post(`/v1/me/organization_suggestions/${one.id}/accept`));
  };

  beforeAll(async () => {
    const people = [
      ['ada', 'Lovelace', 'zada', 'z-ada@here.example', '+12015550102'],
      ['bob', 'Zuse', 'mbob', 'm-bob@here.example', '+12015550103'],
      ['cyd', 'Aalto', 'acyd', 'p-cyd@here.example', '+12015550101'],
      ['dan', 'Bell', 'kdan', 'a-dan@here.example', undefined],
    ] as const;
    for (const [name, last_name, username, email, phone] of people)
      await make(name, '/v1/users', {
        first_name: name.charAt(0).toUpperCase() + name.slice(1),
        last_name,
        username,
        email_address: [email],
        ...(phone && { phone_number: [phone] }),
        skip_password_requirement: true,
      });
    await make('red', '/v1/organizations', { name: 'Crimson', slug: 'colour-red', created_by: '{ada}' });
    await make('green', '/v1/organizations', { name: 'Apple', slug: 'colour-green', created_by: '{bob}' });
    await make('blue', '/v1/organizations', { name: 'Berry', slug: 'colour-blue', created_by: '{cyd}' });
    await make('grey', '/v1/organizations', { name: 'Dust', slug: 'shade-grey', created_by: '{ada}' });
    for (const [organization, user] of [
      ['red', 'cyd'],
      ['red', 'bob'],
      ['green', 'ada'],
      ['green', 'cyd'],
    ])
      await make(`${organization}_${user}`, `/v1/organizations/{${organization}}/memberships`, {
        user_id: `{${user}}`,
        role: 'org:member',
      });
    await make('fourth', '/v1/organizations/{red}/invitations', {
      email_address: 'k@here.example',
      role: 'org:member',
      expires_in_days: 1,
    });
    clock.advance(25 * HOUR);
    for (const [name, organization, email_address, expires_in_days] of [
      ['first', 'red', 'a-dan@here.example', 30],
      ['second', 'red', 'z@here.example', 10],
      ['third', 'red', 'm@here.example', 20],
      ['fifth', 'green', 'a-dan@here.example', 5],
      ['sixth', 'blue', 'a-dan@here.example', 40],
    ] as const)
      await make(name, `/v1/organizations/{${organization}}/invitations`, {
        email_address,
        role: 'org:member',
        expires_in_days,
      });
    await ok(bapi.post(filled('/v1/organizations/{red}/invitations/{third}/revoke'), {}));
    await ok(bapi.post(filled('/v1/organizations/{blue}/invitations/{sixth}/revoke'), {}));
    for (const name of ['ada', 'dan']) await signIn(name);
    await ok(signedIn.dan!.post(filled('/v1/me/organization_invitations/{first}/accept')));

    await make('d1', '/v1/organizations/{grey}/domains', {
      name: 'one.needle.example',
      enrollment_mode: 'automatic_suggestion',
    });
    await make('d3', '/v1/organizations/{grey}/domains', { name: 'three.example', verified: false });
    await make('d4', '/v1/organizations/{grey}/domains', {
      name: 'four.example',
      enrollment_mode: 'automatic_invitation',
    });
    for (const name of ['eve', 'fay', 'gus']) {
      const addresses = [`${name}@one.needle.example`, `${name}@two.needle.example`];
      await make(name, '/v1/users', { email_address: addresses, skip_password_requirement: true });
      await signIn(name);
      await suggested(name, 'grey', true);
    }
    await make('d2', '/v1/organizations/{blue}/domains', {
      name: 'two.needle.example',
      enrollment_mode: 'automatic_suggestion',
    });
    await suggested('eve', 'blue', false);
    const requests = '/v1/organizations/{grey}/membership_requests';
    for (const { id, public_user_data } of (await ok(signedIn.ada!.get(filled(requests)))).response.data as Row[])
      known[`${nameOf(public_user_data.user_id)}s`] = id;
    await ok(signedIn.ada!.post(filled(`${requests}/{fays}/accept`)));
    await ok(signedIn.ada!.post(filled(`${requests}/{guss}/reject`)));

    for (const letter of ['c', 'a', 'b']) {
      const name = `needle ${letter}`;
      const key = `needle_${letter}`;
      await make(`p${letter}`, '/v1/organization_permissions', { name, key: `org:${key}:read` });
      await make(`r${letter}`, '/v1/organization_roles', { name, key: `org:${key}` });
      await make(`s${letter}`, '/v1/role_sets', {
        name,
        key: `role_set:${key}`,
        roles: ['org:admin', 'org:member'],
        default_role_key: 'org:member',
        creator_role_key: 'org:admin',
      });
    }
    // Users have no wallets yet.
    await events.settled();
    const database = new Client({ connectionString: latchkey.at.databaseUrls.organizations });
    await database.connect();
    await database.query(`UPDATE user_profiles SET web3_wallets = '{0xc0ffee}' WHERE user_id = $1`, [known.cyd]);
    await database.end();
  }, 120_000);

  type Show = (row: Row) => unknown;
  const byId: Show = (row) => nameOf(row.id);
  const byUser: Show = (row) => nameOf(row.public_user_data.user_id);

  /** A list, read by a secret key or, where `as` names somebody, in their browser. */
  const list = (name: string, path: string, show: Show, cases: [...Case, Show?][], as?: string) =>
    describe(name, () => {
      const ask = (query: string) => (as ? signedIn[as]! : bapi).get(filled(`${path}?${query}`));
      const read = async (query: string) => {
        const body = await ok(ask(query));
        const page = as ? body.response : body;
        return { rows: (page.data ?? page) as Row[], total: page.total_count as number };
      };

      // Always three: jest would give a test that waits for one more a callback instead.
      const full = cases.map(([query, finds, showing = show]): [string, string, Show] => [query, finds, showing]);
      it.each(full)('by %s', async (query, finds, showing) => {
        const { rows } = await read(query);

        expect(rows.map(showing).join(' ')).toBe(finds);
      });

      const isBare = cases.some(([query]) => query.includes('paginated='));
      it('a part at a time', async () => {
        const paginated = isBare ? '&paginated=true' : '';
        const whole = await read(`limit=500${paginated}`);

        const part = await read(`limit=2&offset=1${paginated}`);
        const nothing = await read(`offset=500${paginated}`);

        expect(part.rows.map(byId)).toEqual(whole.rows.map(byId).slice(1, 3));
        expect([part.total, nothing.total]).toEqual([whole.total, whole.total]);
        expect([whole.total, nothing.rows]).toEqual([whole.rows.length, []]);
        expect((await ask('limit=501')).status).toBe(422);
        expect((await ask('offset=-1')).status).toBe(422);
      });

      if (cases.some(([query]) => query.includes('order_by=')))
        it('refuses an order that there is not', async () => {
          expect((await ask('order_by=colour')).status).toBe(422);
        });
      if (cases.some(([query]) => query.includes('status=')))
        it('refuses a state that there is not', async () => {
          expect((await ask('status=lost')).status).toBe(422);
        });
    });

  list('BAPI ListOrganizations', '/v1/organizations', byId, [
    ['', 'grey blue green red'],
    ['query=CRIM', 'red'],
    ['query=lour-g', 'green'],
    ['query={blue}', 'blue'],
    ['query=%25', ''],
    ['user_id={ada}', 'grey green red'],
    ['user_id=-{ada}', 'blue'],
    ['user_id=%2B{cyd}&user_id=-{ada}', 'blue'],
    ['user_id={dan}&user_id={fay}&user_id=user_none', 'grey red'],
    ['organization_id={red}&organization_id=%2B{blue}', 'blue red'],
    ['organization_id=-{red}', 'grey blue green'],
    ['order_by=name', 'green blue red grey'],
    ['order_by=-name', 'grey red blue green'],
    ['order_by=%2Bcreated_at', 'red green blue grey'],
    ['order_by=members_count', 'blue grey green red'],
    ['order_by=-members_count', 'red green grey blue'],
    ['include_members_count=true', '2 1 3 4', (row) => row.members_count],
    [
      'include_missing_member_with_elevated_permissions=true',
      'false false false false',
      (row) => row.missing_member_with_elevated_permissions,
    ],
  ]);

  list('BAPI ListOrganizationMemberships', '/v1/organizations/{red}/memberships', byUser, [
    ['', 'dan bob cyd ada'],
    ['order_by=created_at', 'ada cyd bob dan'],
    ['order_by=first_name', 'ada bob cyd dan'],
    ['order_by=-first_name', 'dan cyd bob ada'],
    ['order_by=last_name', 'cyd dan ada bob'],
    ['order_by=-last_name', 'bob ada dan cyd'],
    ['order_by=username', 'cyd dan bob ada'],
    ['order_by=-username', 'ada bob dan cyd'],
    ['order_by=email_address', 'dan bob cyd ada'],
    ['order_by=-email_address', 'ada cyd bob dan'],
    ['order_by=phone_number', 'dan cyd ada bob'],
    ['order_by=-phone_number', 'bob ada cyd dan'],
    ['user_id={ada}&user_id=%2B{bob}&user_id=user_none', 'bob ada'],
    ['user_id=-{ada}&user_id=-{bob}', 'dan cyd'],
    ['email_address=M-Bob%40here.example&email_address=a-dan%40here.example', 'dan bob'],
    ['phone_number=%2B12015550101', 'cyd'],
    ['username=kdan&username=zada', 'dan ada'],
    ['web3_wallet=0xc0ffee', 'cyd'],
    ['web3_wallet=0xnone', ''],
    ['role=org:admin', 'ada'],
    ['role=org:admin&role=org:member&role=org:none', 'dan bob cyd ada'],
    ['query=LOVEL', 'ada'],
    ['query=m-bob%40', 'bob'],
    ['query=5550101', 'cyd'],
    ['query=kda', 'dan'],
    ['query=0xC0FF', 'cyd'],
    ['query={dan}', 'dan'],
    ['query=_', ''],
    ['email_address_query=A-DAN', 'dan'],
    ['email_address_query=lovelace', ''],
    ['phone_number_query=0103', 'bob'],
    ['username_query=YD', 'cyd'],
    ['name_query=da%20love', 'ada'],
    ['name_query=kdan', ''],
    ['created_at_before={@red_bob}', 'cyd ada'],
    ['created_at_after={@red_bob}', 'dan bob'],
    ['created_at_after={@red_cyd}&created_at_before={@first}', 'bob cyd'],
    ['last_active_at_after={@sixth}', 'dan ada'],
    ['last_active_at_after={@d1}', ''],
    ['last_active_at_before={@d1}', 'dan ada'],
    ['last_active_at_before={@sixth}', ''],
  ]);

  const organizationAndUser: Show = (row) => `${nameOf(row.organization.id)}:${String(byUser(row))}`;
  list('BAPI InstanceGetOrganizationMemberships', '/v1/organization_memberships', organizationAndUser, [
    ['limit=3', 'grey:fay red:dan green:cyd'],
    ['limit=3&order_by=created_at', 'red:ada green:bob blue:cyd'],
    ['limit=3&order_by=first_name', 'grey:fay red:ada grey:ada'],
    ['limit=1&order_by=-last_name', 'red:bob'],
    ['limit=1&order_by=username', 'grey:fay'],
    ['limit=1&order_by=email_address', 'red:dan'],
    ['limit=1&order_by=-phone_number', 'red:bob'],
  ]);
  const byOrganization: Show = (row) => nameOf(row.organization.id);
  list('BAPI UsersGetOrganizationMemberships', '/v1/users/{ada}/organization_memberships', byOrganization, [
    ['', 'green grey red'],
  ]);
  list(
    'FAPI getOrganizationMemberships',
    '/v1/me/organization_memberships',
    byOrganization,
    [
      ['paginated=true', 'green grey red'],
      ['paginated=false', 'green grey red'],
    ],
    'ada',
  );
  list(
    'FAPI ListOrganizationMemberships',
    '/v1/organizations/{red}/memberships',
    byUser,
    [
      ['paginated=true', 'dan bob cyd ada'],
      ['', 'dan bob cyd ada'],
      ['query=lovel', 'ada'],
      ['query=p-cyd', 'cyd'],
      ['query={bob}', 'bob'],
      ['role=org:member', 'dan bob cyd'],
      ['role=org:member&query=here', 'dan bob cyd'],
    ],
    'ada',
  );

  list('BAPI ListOrganizationInvitations', '/v1/organizations/{red}/invitations', byId, [
    ['', 'third second first fourth'],
    ['order_by=created_at', 'fourth first second third'],
    ['order_by=email_address', 'first fourth third second'],
    ['order_by=-email_address', 'second third fourth first'],
    ['status=pending', 'second'],
    ['status=accepted', 'first'],
    ['status=revoked', 'third'],
    ['status=expired', 'fourth'],
    ['status=pending&status=expired', 'second fourth'],
    ['email_address=Z%40Here.example', 'second'],
    ['email_address=here.example', ''],
  ]);
  list('BAPI ListPendingOrganizationInvitations', '/v1/organizations/{red}/invitations/pending', byId, [
    ['', 'second'],
  ]);
  list('BAPI ListInstanceOrganizationInvitations', '/v1/organization_invitations', byId, [
    ['', 'sixth fifth third second first fourth'],
    ['order_by=created_at', 'fourth first second third fifth sixth'],
    ['order_by=email_address', 'first fifth sixth fourth third second'],
    ['order_by=-email_address', 'second third fourth sixth fifth first'],
    ['order_by=expires_at', 'fourth fifth second third first sixth'],
    ['status=pending', 'fifth second'],
    ['status=accepted', 'first'],
    ['status=revoked', 'sixth third'],
    ['status=expired', 'fourth'],
    ['query=A-DAN%40', 'sixth fifth first'],
    ['query={third}', 'third'],
  ]);
  const ofDan: Case[] = [
    ['', 'sixth fifth first'],
    ['status=pending', 'fifth'],
    ['status=accepted', 'first'],
    ['status=revoked', 'sixth'],
    ['status=expired', ''],
  ];
  list('BAPI UsersGetOrganizationInvitations', '/v1/users/{dan}/organization_invitations', byId, ofDan);
  list('FAPI getUsersOrganizationInvitations', '/v1/me/organization_invitations', byId, ofDan, 'dan');
  list(
    'FAPI getOrganizationInvitations',
    '/v1/organizations/{red}/invitations',
    byId,
    [
      ['status=pending', 'second'],
      ['status=accepted', 'first'],
      ['status=revoked', 'third'],
      ['status=expired', 'fourth'],
      ['status=invalid', ''],
      ['status=completed', ''],
    ],
    'ada',
  );

  const byOrganizationData: Show = (row) => nameOf(row.public_organization_data.id);
  list(
    'FAPI getOrganizationSuggestions',
    '/v1/me/organization_suggestions',
    byOrganizationData,
    [
      ['', 'blue grey'],
      ['status=pending', 'blue'],
      ['status=accepted', 'grey'],
      ['status=pending&status=accepted', 'blue grey'],
    ],
    'eve',
  );
  list(
    'FAPI listOrganizationMembershipRequests',
    '/v1/organizations/{grey}/membership_requests',
    byUser,
    [
      ['', 'gus fay eve'],
      ['status=pending', 'eve'],
      ['status=accepted', 'fay'],
      ['status=revoked', 'gus'],
      ['status=expired', ''],
    ],
    'ada',
  );

  list('BAPI ListOrganizationDomains', '/v1/organizations/{grey}/domains', byId, [
    ['', 'd4 d3 d1'],
    ['verified=true', 'd4 d1'],
    ['verified=false', 'd3'],
    ['enrollment_mode=automatic_suggestion', 'd1'],
    ['enrollment_mode=-automatic_suggestion', 'd4 d3'],
    ['enrollment_mode=automatic_invitation&enrollment_mode=manual_invitation', 'd4 d3'],
    ['enrollment_mode=enterprise_sso', ''],
  ]);
  list('BAPI ListAllOrganizationDomains', '/v1/organization_domains', byId, [
    ['', 'd2 d4 d3 d1'],
    ['order_by=created_at', 'd1 d3 d4 d2'],
    ['order_by=name', 'd4 d1 d3 d2'],
    ['order_by=-name', 'd2 d3 d1 d4'],
    ['organization_id={blue}', 'd2'],
    ['verified=true', 'd2 d4 d1'],
    ['verified=false', 'd3'],
    ['enrollment_mode=automatic_suggestion,manual_invitation', 'd2 d3 d1'],
    ['enrollment_mode=-automatic_suggestion,-manual_invitation', 'd4'],
    ['enrollment_mode=automatic_suggestion&organization_id={blue}', 'd2'],
    ['query=NEEDLE', 'd2 d1'],
    ['query={grey}', 'd4 d3 d1'],
    ['query=org_none', ''],
    ['domains=One.needle.example&domains=three.example', 'd3 d1'],
  ]);
  it('BAPI ListAllOrganizationDomains refuses to look for nothing', async () => {
    for (const query of ['', '%20%20'])
      expect((await bapi.get(`/v1/organization_domains?query=${query}`)).status).toBe(422);
  });
  list(
    'FAPI ListOrganizationDomains',
    '/v1/organizations/{grey}/domains',
    byId,
    [
      ['', 'd4 d3 d1'],
      ['verified=true', 'd4 d1'],
      ['verified=false', 'd3'],
      ['enrollment_mode=automatic_invitation', 'd4'],
    ],
    'ada',
  );

  const keyed = (letter: string): Case[] => {
    const cases: Case[] = [
      ['order_by=name', 'a b c'],
      ['order_by=-name', 'c b a'],
      ['order_by=key', 'a b c'],
      ['order_by=-key', 'c b a'],
      ['order_by=created_at', 'c a b'],
      ['order_by=-created_at', 'b a c'],
    ];
    const found = (names: string) => names.replace(/\w/g, (name) => letter + name);
    return [
      ...cases.map(([query, names]): Case => [`query=needle&${query}`, found(names)]),
      ['query=NEEDLE_A', `${letter}a`],
      ['query=eedle%20b', `${letter}b`],
      [`query={${letter}c}`, `${letter}c`],
      ['query=nowhere', ''],
    ];
  };
  list('BAPI ListOrganizationPermissions', '/v1/organization_permissions', byId, keyed('p'));
  list('BAPI ListOrganizationRoles', '/v1/organization_roles', byId, keyed('r'));
  list('BAPI ListRoleSets', '/v1/role_sets', byId, keyed('s'));
  list(
    'FAPI ListOrganizationRoles',
    '/v1/organizations/{red}/roles',
    // Both were made in the same moment.
    (row) => row.object,
    [['limit=2', 'role role']],
    'ada',
  );
});
