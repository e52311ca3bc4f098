import { PASSWORD, send, testEmail, useLatchkey, until } from '@latchkey/testing';

const latchkey = useLatchkey({
  settings: {
    attributes: {
      phone_number: { enabled: true, used_for_first_factor: true, first_factors: ['phone_code'] },
      password: { enabled: true, required: true },
    },
  },
});

const { bapi, browser, given, events, anotherInstance } = latchkey;

const signUp = (fields: object) => browser().post('/v1/client/sign_ups', { password: PASSWORD, ...fields });
const environment = async () => (await browser().get('/v1/environment')).body;
const codeOf = ({ body }: { body: { errors?: { code: string }[] } }) => body.errors?.[0]?.code;

/** The last mail to somebody; waits for one. */
const sent = (to: string) => until(`something for ${to}`, () => latchkey.inbox.list({ to })[0]);

describe('BAPI GetInstance', () => {
  it('shows the instance', async () => {
    const { status, body } = await bapi.get('/v1/instance');

    expect(status).toBe(200);
    expect(body).toEqual({
      object: 'instance',
      id: latchkey.at.instance.id,
      environment_type: 'development',
      allowed_origins: [],
      workspace_id: null,
    });
  });
});

describe('BAPI UpdateInstance', () => {
  it('answers 204 and tells the other services', async () => {
    const { status, body } = await bapi.patch('/v1/instance', { support_email: 'Help@Example.com' });

    expect([status, body]).toEqual([204, '']);
    await events.next('latchkey.instance.updated', ({ subject }) => subject === latchkey.at.instance.id);
    expect((await environment()).display_config.support_email).toBe('help@example.com');
  });

  it('leaves alone what is null or left out, and takes away what is empty', async () => {
    await bapi.patch('/v1/instance', { support_email: 'help@example.com', clerk_js_version: '6.1.0' });
    await bapi.patch('/v1/instance', { support_email: null });
    expect((await environment()).display_config).toMatchObject({
      support_email: 'help@example.com',
      clerk_js_version: '6.1.0',
    });

    await bapi.patch('/v1/instance', { support_email: '', clerk_js_version: '' });
    expect((await environment()).display_config).toMatchObject({ support_email: null, clerk_js_version: null });
  });

  it('turns test addresses off and on', async () => {
    const attempt = async () => {
      const person = browser();
      const { body } = await person.post('/v1/client/sign_ups', { email_address: testEmail(), password: PASSWORD });
      const path = `/v1/client/sign_ups/${body.response.id}`;
      await person.post(`${path}/prepare_verification`, { strategy: 'email_code' });
      return (await person.post(`${path}/attempt_verification`, { strategy: 'email_code', code: '424242' })).status;
    };
    await bapi.patch('/v1/instance', { test_mode: false });
    expect(await attempt()).toBe(422);

    await bapi.patch('/v1/instance', { test_mode: true });
    expect(await attempt()).toBe(200);
  });

  it('stops and starts the search for leaked passwords', async () => {
    const leaked = () => signUp({ email_address: testEmail(), password: 'password123' });
    await bapi.patch('/v1/instance', { hibp: true });
    expect(codeOf(await leaked())).toBe('form_password_pwned');

    await bapi.patch('/v1/instance', { hibp: false });
    expect((await leaked()).status).toBe(200);
    expect((await environment()).user_settings.password_settings.disable_hibp).toBe(true);
  });

  it('says where a development app runs', async () => {
    await bapi.patch('/v1/instance', { development_origin: 'http://localhost:5173/' });

    expect((await environment()).display_config).toMatchObject({
      home_url: 'http://localhost:5173',
      after_sign_in_url: 'http://localhost:5173',
    });
  });

  it('chooses the first factor that opens first', async () => {
    const choose = async (strategy: string) => {
      await bapi.patch('/v1/instance', { preferred_sign_in_strategy_when_password_required: strategy });
      return (await environment()).display_config.preferred_sign_in_strategy;
    };

    expect(await choose('otp')).toBe('otp');
    expect(await choose('')).toBe('password');
  });

  it('lets an origin in with the next request, in production', async () => {
    const shop = await anotherInstance({ environment: 'production' });
    const app = () => shop.browser('https://partner.example').get('/v1/environment');
    expect(codeOf(await app())).toBe('origin_invalid');

    await shop.bapi.patch('/v1/instance', { allowed_origins: ['https://partner.example/', 'chrome-extension://abc'] });

    expect((await app()).status).toBe(200);
    expect((await shop.bapi.get('/v1/instance')).body.allowed_origins).toEqual([
      'https://partner.example',
      'chrome-extension://abc',
    ]);
  });

  it('refuses what cannot be', async () => {
    const refusal = async (fields: object) => {
      const { status, body } = await bapi.patch('/v1/instance', fields);
      return [status, body.errors[0].code, body.errors[0].meta.param_name];
    };

    expect(await refusal({ allowed_origins: ['example.com'] })).toEqual([
      422,
      'form_invalid_origin',
      'allowed_origins.0',
    ]);
    expect(await refusal({ support_email: 'nobody' })).toEqual([422, 'form_param_format_invalid', 'support_email']);
    expect(await refusal({ url_based_session_syncing: false })).toEqual([
      422,
      'form_param_value_invalid',
      'url_based_session_syncing',
    ]);
    expect(await refusal({ nonsense: 1 })).toEqual([422, 'form_param_unknown', 'nonsense']);
  });

  it('loses no change when several are made at once', async () => {
    await Promise.all([
      bapi.patch('/v1/instance', { support_email: 'one@example.com' }),
      bapi.patch('/v1/instance', { clerk_js_version: '6.2.0' }),
      bapi.patch('/v1/instance/restrictions', { blocklist: true }),
    ]);

    const { display_config: display, user_settings: user } = await environment();
    expect([display.support_email, display.clerk_js_version]).toEqual(['one@example.com', '6.2.0']);
    expect(user.restrictions.blocklist.enabled).toBe(true);
    await bapi.patch('/v1/instance/restrictions', { blocklist: false });
  });

  it('changes no other instance', async () => {
    const other = await anotherInstance();
    await bapi.patch('/v1/instance', { support_email: 'mine@example.com' });

    expect((await other.browser().get('/v1/environment')).body.display_config.support_email).toBeNull();
  });
});

describe('BAPI UpdateInstanceRestrictions', () => {
  const restrict = (fields: object) => bapi.patch('/v1/instance/restrictions', fields);

  it('keeps out of sign-up who is not on the allow-list, and lets them in again', async () => {
    const { status, body } = await restrict({ allowlist: true });
    expect(status).toBe(200);
    expect(body).toMatchObject({ object: 'instance_restrictions', allowlist: true, blocklist: false });
    expect(codeOf(await signUp({ email_address: testEmail() }))).toBe('not_allowed_access');

    await restrict({ allowlist: false });
    expect((await signUp({ email_address: testEmail() })).status).toBe(200);
  });

  it('keeps out who is on the block-list, at sign-in too when asked to', async () => {
    const { email } = await given.user();
    await bapi.post('/v1/blocklist_identifiers', { identifier: email });
    const signIn = () => browser().post('/v1/client/sign_ins', { identifier: email, password: PASSWORD });
    await restrict({ blocklist: true });
    expect((await signIn()).status).toBe(200);

    await restrict({ allowlist_blocklist_disabled_on_sign_in: false });
    expect(codeOf(await signIn())).toBe('not_allowed_access');
    await restrict({ blocklist: false, allowlist_blocklist_disabled_on_sign_in: true });
  });

  it('refuses second spellings of a mailbox, with dots only while those count', async () => {
    await given.user({ email_address: ['ada.lovelace@gmail.com'] });
    await restrict({ block_email_subaddresses: true });
    expect(codeOf(await signUp({ email_address: 'ada.lovelace+2@gmail.com' }))).toBe('not_allowed_access');
    expect(codeOf(await signUp({ email_address: 'adalovelace@gmail.com' }))).toBe('not_allowed_access');

    await restrict({ ignore_dots_for_gmail_addresses: false });
    expect((await signUp({ email_address: 'adalovelace@gmail.com' })).status).toBe(200);
    await restrict({ block_email_subaddresses: false, ignore_dots_for_gmail_addresses: true });
  });

  it('refuses throw-away mailboxes', async () => {
    await restrict({ block_disposable_email_domains: true });
    expect(codeOf(await signUp({ email_address: 'x@mailinator.com' }))).toBe('form_email_address_blocked');
    await restrict({ block_disposable_email_domains: false });
  });
});

describe('BAPI UpdateInstanceAuthConfig', () => {
  it('sets the older names of settings', async () => {
    const { status, body } = await bapi.patch('/v1/beta_features/instance_settings', {
      restricted_to_allowlist: true,
      from_email_address: 'hello',
      progressive_sign_up: false,
      test_mode: true,
    });

    expect(status).toBe(200);
    expect(body).toEqual({
      object: 'instance_settings',
      id: latchkey.at.instance.id,
      restricted_to_allowlist: true,
      from_email_address: 'hello',
      progressive_sign_up: false,
      enhanced_email_deliverability: false,
    });
    const { sign_up: shown } = (await environment()).user_settings;
    expect(shown).toMatchObject({ allowlist_only: true, progressive: false });
    await bapi.patch('/v1/beta_features/instance_settings', {
      restricted_to_allowlist: false,
      progressive_sign_up: true,
    });
  });

  it('sends mail from the address that was chosen', async () => {
    const to = 'reader@example.com';
    await bapi.patch('/v1/beta_features/instance_settings', { from_email_address: 'news' });
    await bapi.post('/v1/invitations', { email_address: to });

    const told = await events.next(
      'email.created',
      ({ data }) => (data as { to_email_address?: string }).to_email_address === to,
    );
    expect(told.data).toMatchObject({ from_email_name: 'news' });
    const letter = await sent(to);
    expect(letter.from).toBe('news');
  });
});

describe('BAPI GetInstanceCommunication', () => {
  it('lists the countries that get no SMS', async () => {
    const { status, body } = await bapi.get('/v1/instance/communication');

    expect([status, body]).toEqual([200, { object: 'instance_communication', blocked_country_codes: [] }]);
  });
});

describe('BAPI UpdateInstanceCommunication', () => {
  const block = (...blocked_country_codes: string[]) =>
    bapi.patch('/v1/instance/communication', { blocked_country_codes });

  it('refuses numbers of a blocked country at sign-up, in profiles and for codes', async () => {
    const number = '+4915112345678';
    const user = await given.user({ phone_number: [number] });
    const { browser: profile } = await given.signedInBrowser();

    const { status, body } = await block('DE', 'ZZ');

    expect([status, body.blocked_country_codes]).toEqual([200, ['DE']]);
    const refused = await signUp({ email_address: testEmail(), phone_number: '+4915112345679' });
    expect([refused.status, refused.body.errors[0]]).toEqual([
      403,
      expect.objectContaining({
        code: 'unsupported_country_code',
        meta: expect.objectContaining({ param_name: 'phone_number', alpha2: 'DE', country_code: '49' }),
      }),
    ]);
    expect(codeOf(await profile.post('/v1/me/phone_numbers', { phone_number: '+4915112345670' }))).toBe(
      'unsupported_country_code',
    );
    const person = browser();
    const { body: started } = await person.post('/v1/client/sign_ins', { identifier: number });
    const [factor] = started.response.supported_first_factors.filter(
      (one: { strategy: string }) => one.strategy === 'phone_code',
    );
    const prepare = () =>
      person.post(`/v1/client/sign_ins/${started.response.id}/prepare_first_factor`, {
        strategy: 'phone_code',
        phone_number_id: factor.phone_number_id,
      });
    expect(codeOf(await prepare())).toBe('unsupported_country_code');

    await block();
    expect((await prepare()).status).toBe(200);
    expect((await events.of('sms.created', user.id))[0]!.data).toMatchObject({
      object: 'sms_message',
      to_phone_number: number,
    });
  });

  it('leaves the list alone when nothing is sent, and refuses what is no list of codes', async () => {
    await block('FR');
    expect((await bapi.patch('/v1/instance/communication', {})).body.blocked_country_codes).toEqual(['FR']);
    expect((await block('fr')).status).toBe(422);
    expect(codeOf(await block('FR', 'FR'))).toBe('form_param_duplicate');
    await block();
  });
});

describe('BAPI GetInstanceProtect', () => {
  it('says that there are no rules', async () => {
    expect((await bapi.get('/v1/instance/protect')).body).toEqual({
      object: 'instance_protect',
      rules_enabled: false,
      specter_enabled: false,
      checks_bypassed: false,
    });
  });
});

describe('BAPI UpdateInstanceProtect', () => {
  it('takes a no, and refuses to claim rules that are not there', async () => {
    expect((await bapi.patch('/v1/instance/protect', { rules_enabled: false })).status).toBe(200);
    const { status, body } = await bapi.patch('/v1/instance/protect', { rules_enabled: true });
    expect([status, body.errors[0].meta.param_name]).toEqual([422, 'rules_enabled']);
  });
});

describe('BAPI GetInstanceOrganizationSettings', () => {
  it('shows them before organizations are on', async () => {
    const { status, body } = await bapi.get('/v1/instance/organization_settings');

    expect(status).toBe(200);
    expect(body).toMatchObject({
      object: 'organization_settings',
      enabled: false,
      max_allowed_memberships: 5,
      creator_role: 'org:admin',
      domains_default_role: 'org:member',
      domains_enrollment_modes: ['manual_invitation'],
      initial_role_set_key: 'role_set:default',
    });
  });
});

describe('BAPI UpdateInstanceOrganizationSettings', () => {
  const PATH = '/v1/instance/organization_settings';

  it('turns organizations on and off with the next request', async () => {
    const { id: user } = await given.user();
    const create = () => bapi.post('/v1/organizations', { name: 'Acme', created_by: user });
    expect((await create()).status).toBe(403);

    const { status, body } = await bapi.patch(PATH, {
      enabled: true,
      max_allowed_memberships: 2,
      admin_delete_enabled: false,
      slug_disabled: true,
      domains_enabled: true,
      domains_enrollment_modes: ['automatic_invitation'],
    });

    expect(status).toBe(200);
    expect(body).toMatchObject({ enabled: true, max_allowed_memberships: 2, domains_enabled: true });
    const organization = await create();
    expect(organization.body).toMatchObject({ max_allowed_memberships: 2, admin_delete_enabled: false });
    expect(codeOf(await bapi.post('/v1/organizations', { name: 'B', slug: 'b', created_by: user }))).toBe(
      'organization_slugs_disabled',
    );
    expect((await environment()).organization_settings).toMatchObject({
      enabled: true,
      actions: { admin_delete: false },
      slug: { disabled: true },
      domains: { enabled: true, enrollment_modes: ['automatic_invitation'] },
    });
    await bapi.patch(PATH, { enabled: false });
    expect((await create()).status).toBe(403);
  });

  it('gives creators the chosen role, which must be able to do what creators need', async () => {
    await bapi.patch(PATH, { enabled: true });
    const { data: permissions } = (await bapi.get('/v1/organization_permissions?limit=100')).body;
    const { body: founder } = await bapi.post('/v1/organization_roles', {
      name: 'Founder',
      key: 'org:founder',
      permissions: permissions.map(({ id }: { id: string }) => id),
    });
    const { body: guest } = await bapi.post('/v1/organization_roles', { name: 'Guest', key: 'org:guest' });

    const { status, body } = await bapi.patch(PATH, { creator_role_id: founder.id, domains_default_role_id: guest.id });

    expect([status, body.creator_role, body.domains_default_role]).toEqual([200, 'org:founder', 'org:guest']);
    const { id: user } = await given.user();
    const organization = await given.organization(user);
    const members = await bapi.get(`/v1/organizations/${organization.id}/memberships`);
    expect(members.body.data[0].role).toBe('org:founder');
    expect(codeOf(await bapi.patch(PATH, { creator_role_id: guest.id }))).toBe(
      'organization_missing_creator_role_permissions',
    );
    expect(codeOf(await bapi.patch(PATH, { domains_default_role_id: 'role_none' }))).toBe('form_resource_not_found');
    expect((await bapi.get(PATH)).body.creator_role).toBe('org:founder');
  });
});

describe('FAPI enableEnvironmentSetting', () => {
  const PATH = '/v1/dev_tools/enable_environment_setting';

  it('switches organizations on, with or without personal accounts', async () => {
    const fresh = await anotherInstance();
    const chrome = fresh.browser();

    const first = await chrome.patch(PATH, { enable_organizations: true });

    expect(first.status).toBe(200);
    expect((first.body.response ?? first.body).organization_settings).toMatchObject({
      enabled: true,
      force_organization_selection: false,
    });
    await chrome.patch(PATH, { enable_organizations: true, organization_allow_personal_accounts: false });
    const { body } = await chrome.get('/v1/environment');
    expect(body.organization_settings).toMatchObject({ enabled: true, force_organization_selection: true });
    expect((await fresh.bapi.get('/v1/instance/organization_settings')).body.enabled).toBe(true);
  });

  it('changes nothing that it is not asked to, and nothing at all in production', async () => {
    const fresh = await anotherInstance();
    expect((await fresh.browser().patch(PATH)).status).toBe(200);
    expect((await fresh.bapi.get('/v1/instance/organization_settings')).body.enabled).toBe(false);
    expect((await fresh.browser().patch(PATH, { enable_billing: true })).status).toBe(422);

    const shop = await anotherInstance({ environment: 'production' });
    const host = Buffer.from(shop.publishableKey.split('_')[2]!, 'base64').toString().slice(0, -1);
    const { status, body } = await send({
      method: 'PATCH',
      url: `${latchkey.at.fapiUrl}${PATH}?_is_native=1`,
      headers: { host, 'content-type': 'application/x-www-form-urlencoded' },
      body: 'enable_organizations=true',
    });
    expect([status, codeOf({ body })]).toEqual([400, 'request_invalid_for_environment']);
    expect((await shop.bapi.get('/v1/instance/organization_settings')).body.enabled).toBe(false);
  });
});
