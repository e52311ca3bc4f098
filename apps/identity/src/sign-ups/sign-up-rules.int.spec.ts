import { PASSWORD, testEmail, useLatchkey, type TestInstance, until } from '@latchkey/testing';

const latchkey = useLatchkey();
const { anotherInstance, clock } = latchkey;

const SIGN_UPS = '/v1/client/sign_ups';

const signUp = (instance: TestInstance, fields: Record<string, string | boolean> = {}) =>
  instance.browser().post(SIGN_UPS, fields);

describe('FAPI createSignUps: fields', () => {
  let instance: TestInstance;
  beforeAll(async () => {
    instance = await anotherInstance({
      settings: {
        attributes: {
          email_address: { required: false, verify_at_sign_up: false },
          username: { enabled: true, required: true, used_for_first_factor: true },
          phone_number: { enabled: true, used_for_first_factor: true },
          first_name: { required: true },
        },
        sign_up: { legal_consent_enabled: true },
      },
    });
  });

  it('is complete at once when nothing is missing or unproved', async () => {
    const username = `Ada_${Date.now()}`;
    const { status, body } = await signUp(instance, {
      username,
      password: PASSWORD,
      first_name: 'Ada',
      email_address: testEmail(),
      legal_accepted: true,
      unsafe_metadata: '{"theme":"dark"}',
    });

    expect(status).toBe(200);
    expect(body.response).toMatchObject({ status: 'complete', created_user_id: expect.any(String) });
    expect(body.response.legal_accepted_at).toBeGreaterThan(0);
    expect(body.client.sessions[0].user).toMatchObject({
      username: username.toLowerCase(),
      first_name: 'Ada',
      unsafe_metadata: { theme: 'dark' },
    });
    const signedIn = await instance.browser().post('/v1/client/sign_ins', { identifier: username, password: PASSWORD });
    expect(signedIn.body.response.status).toBe('complete');
  });

  it('lets somebody sign in with an address that they were not asked to prove', async () => {
    const email_address = testEmail();
    const fields = { username: `bob_${Date.now()}`, password: PASSWORD, first_name: 'Bob', legal_accepted: true };
    await signUp(instance, { ...fields, email_address });

    const { body } = await instance
      .browser()
      .post('/v1/client/sign_ins', { identifier: email_address, password: PASSWORD });

    expect(body.response.status).toBe('complete');
  });

  it('names what is missing', async () => {
    const { body } = await signUp(instance, { password: PASSWORD });

    expect(body.response.missing_fields).toEqual(['username', 'first_name', 'legal_accepted']);
    expect(body.response.optional_fields).toEqual(['email_address', 'phone_number', 'last_name']);
  });

  it('sends a code to a number at once when told so', async () => {
    const { body } = await signUp(instance, { phone_number: '+1 (201) 555-0123', strategy: 'phone_code' });

    expect(body.response).toMatchObject({ phone_number: '+12015550123', unverified_fields: ['phone_number'] });
    expect(body.response.verifications.phone_number).toMatchObject({
      status: 'unverified',
      strategy: 'phone_code',
      next_action: 'needs_attempt',
    });
  });

  it.each([
    ['username', 'ada', 'form_username_invalid_length'],
    ['username', 'ada lovelace', 'form_username_invalid_character'],
    ['username', 'адалавлейс', 'form_username_invalid_character'],
    ['username', '123456', 'form_username_needs_non_number_char'],
    ['username', '+12015550123', 'form_username_cannot_be_phone_number'],
    ['phone_number', '12345', 'form_param_format_invalid'],
    ['unsafe_metadata', 'nonsense', 'form_param_format_invalid'],
    ['strategy', 'oauth_google', 'form_param_value_invalid'],
  ])('refuses %s=%s with %s', async (param, value, code) => {
    const { status, body } = await signUp(instance, { [param]: value });

    expect(status).toBe(422);
    expect(body.errors[0]).toMatchObject({ code, meta: { param_name: param } });
  });

  it('refuses a user name that somebody has', async () => {
    const fields = { username: `carl_${Date.now()}`, password: PASSWORD, first_name: 'Carl', legal_accepted: true };
    await signUp(instance, fields);

    const { status, body } = await signUp(instance, { username: fields.username.toUpperCase() });

    expect(status).toBe(422);
    expect(body.errors[0]).toMatchObject({ code: 'form_identifier_exists', meta: { param_name: 'username' } });
  });

  it('has nothing to take over from a sign-in', async () => {
    const { status, body } = await signUp(instance, { transfer: true });

    expect(status).toBe(400);
    expect(body.errors[0].code).toBe('account_transfer_invalid');
  });
});

describe('FAPI createSignUps: who may', () => {
  it('asks for one identifier where all are optional', async () => {
    const instance = await anotherInstance({ settings: { attributes: { email_address: { required: false } } } });

    const { body } = await signUp(instance, { password: PASSWORD });

    expect(body.response).toMatchObject({ status: 'missing_requirements', missing_fields: ['email_address'] });
  });

  it('refuses a client that is signed in', async () => {
    const instance = latchkey.at.instance;
    const { browser: chrome } = await instance.given.signedInBrowser();

    const { status, body } = await chrome.post(SIGN_UPS, { email_address: testEmail() });

    expect(status).toBe(400);
    expect(body.errors[0].code).toBe('session_exists');
  });

  it.each([
    ['restricted', 'sign_up_mode_restricted'],
    ['waitlist', 'sign_up_restricted_waitlist'],
  ])('refuses everybody without an invitation in the mode %s', async (mode, code) => {
    const instance = await anotherInstance({ settings: { sign_up: { mode } } });

    const { status, body } = await signUp(instance, { email_address: testEmail(), password: PASSWORD });

    expect(status).toBe(403);
    expect(body.errors[0].code).toBe(code);
  });

  it('keeps to the allow-list, also when it is empty', async () => {
    const instance = await anotherInstance({ settings: { restrictions: { allowlist: { enabled: true } } } });
    const attempt = (email_address: string) => signUp(instance, { email_address, password: PASSWORD });

    const refused = await attempt('ada+clerk_test@example.com');
    expect(refused.status).toBe(403);
    expect(refused.body.errors[0]).toMatchObject({
      code: 'not_allowed_access',
      meta: { identifiers: ['ada+clerk_test@example.com'] },
    });
    await instance.bapi.post('/v1/allowlist_identifiers', { identifier: '*@example.com' });
    expect((await attempt('ada+clerk_test@example.com')).status).toBe(200);
    expect((await attempt('ada+clerk_test@eu.example.com')).status).toBe(403);
    await instance.bapi.post('/v1/allowlist_identifiers', { identifier: '*@*.example.com' });
    expect((await attempt('ada+clerk_test@eu.example.com')).status).toBe(200);
  });

  it('keeps out whom the block-list names, with what is added to the address', async () => {
    const instance = await anotherInstance({ settings: { restrictions: { blocklist: { enabled: true } } } });
    await instance.bapi.post('/v1/blocklist_identifiers', { identifier: 'Eve@Example.com' });
    const attempt = (email_address: string) => signUp(instance, { email_address, password: PASSWORD });

    for (const address of ['eve@example.com', 'EVE+more@example.com'])
      expect((await attempt(address)).body.errors[0].code).toBe('not_allowed_access');
    expect((await attempt('evelyn@example.com')).status).toBe(200);
  });

  it('lets older instances keep out who signs in, too', async () => {
    const restrictions = { blocklist: { enabled: true }, allowlist_blocklist_disabled_on_sign_in: { enabled: false } };
    const instance = await anotherInstance({ settings: { restrictions } });
    const { email } = await instance.given.signedInBrowser();
    await instance.bapi.post('/v1/blocklist_identifiers', { identifier: email });

    const { status, body } = await instance.browser().post('/v1/client/sign_ins', { identifier: email });

    expect(status).toBe(403);
    expect(body.errors[0].code).toBe('not_allowed_access');
  });

  it('lets one account in per mailbox, where subaddresses are blocked', async () => {
    const instance = await anotherInstance({
      settings: { restrictions: { block_email_subaddresses: { enabled: true } } },
    });
    const name = `a.da${Date.now()}`;
    await instance.given.user({ email_address: [`${name}+clerk_test@gmail.com`] });
    await instance.given.user({ email_address: [`${name}+clerk_test@example.com`] });
    const attempt = (email_address: string) => signUp(instance, { email_address, password: PASSWORD });

    const dotted = name.replace('.da', '.d.a');
    for (const address of [
      `${name.replace('.', '')}@googlemail.com`,
      `${dotted}@gmail.com`,
      `${name}+other@example.com`,
    ])
      expect((await attempt(address)).body.errors[0].code).toBe('not_allowed_access');
    expect((await attempt(`${name.replace('.', '')}@example.com`)).status).toBe(200);
  });

  it('refuses throw-away mailboxes, where they are blocked', async () => {
    const instance = await anotherInstance({
      settings: { restrictions: { block_disposable_email_domains: { enabled: true } } },
    });

    const { status, body } = await signUp(instance, { email_address: 'ada@mailinator.com' });

    expect(status).toBe(403);
    expect(body.errors[0].code).toBe('form_email_address_blocked');
  });

  it('does not tell who has an account, where that is hidden, but tells its owner', async () => {
    const instance = await anotherInstance({
      settings: { attack_protection: { enumeration_protection: { enabled: true } } },
    });
    const known = `known.${Date.now()}@example.com`;
    await instance.given.user({ email_address: [known] });
    const shape = async (email_address: string) => {
      const chrome = instance.browser();
      const { body } = await chrome.post(SIGN_UPS, { email_address, password: PASSWORD });
      const path = `${SIGN_UPS}/${body.response.id}`;
      const prepared = await chrome.post(`${path}/prepare_verification`, { strategy: 'email_code' });
      const wrong = await chrome.post(`${path}/attempt_verification`, { strategy: 'email_code', code: '111111' });
      return JSON.stringify([body.response, prepared.body.response, wrong.body.errors])
        .replaceAll(email_address, '<address>')
        .replaceAll(/sua_[0-9A-Za-z]{27}/g, '<id>')
        .replaceAll(/\d{13}/g, '<time>');
    };

    expect(await shape(known)).toBe(await shape(`unknown.${Date.now()}@example.com`));
    await expect(subjectTo(known)).resolves.toContain('already have an account');
  });
});

describe('FAPI createSignUps: with the ticket of an invitation', () => {
  let instance: TestInstance;
  beforeAll(async () => {
    instance = await anotherInstance({ settings: { sign_up: { mode: 'restricted' } } });
  });

  async function invitation(fields: object = {}) {
    const { body } = await instance.bapi.post('/v1/invitations', { email_address: testEmail(), ...fields });
    return { ...body, ticket: new URL(body.url).searchParams.get('ticket')! } as {
      id: string;
      email_address: string;
      ticket: string;
    };
  }

  it('signs the invited up with their address proved and the metadata of the invitation', async () => {
    const { id, email_address, ticket } = await invitation({ public_metadata: { plan: 'gold' } });

    const begun = await signUp(instance, { strategy: 'ticket', ticket });
    expect(begun.body.response).toMatchObject({
      status: 'missing_requirements',
      email_address,
      missing_fields: ['password'],
      unverified_fields: [],
    });
    const { body } = await signUp(instance, { strategy: 'ticket', ticket, password: PASSWORD });

    expect(body.response.status).toBe('complete');
    const { user } = body.client.sessions[0];
    expect(user.public_metadata).toEqual({ plan: 'gold' });
    expect(user.email_addresses[0]).toMatchObject({
      email_address,
      verification: { status: 'verified', strategy: 'ticket' },
    });
    const { body: list } = await instance.bapi.get(`/v1/invitations?status=accepted&query=${id}`);
    expect(list).toHaveLength(1);
  });

  it('has one winner when the ticket is used three times at once', async () => {
    const { ticket } = await invitation();
    const attempt = () => signUp(instance, { ticket, password: PASSWORD });

    const replies = await Promise.all([attempt(), attempt(), attempt()]);

    expect(replies.filter((reply) => reply.status === 200)).toHaveLength(1);
    for (const reply of replies.filter((one) => one.status !== 200))
      expect(reply.body.errors[0].code).toMatch(
        /^(invitation_already_accepted|invitation_account_exists|form_identifier_exists)$/,
      );
  });

  it('is not for another address', async () => {
    const { ticket } = await invitation();
    const chrome = instance.browser();
    const { body } = await chrome.post(SIGN_UPS, { ticket });

    const { status, body: refused } = await chrome.patch(`${SIGN_UPS}/${body.response.id}`, {
      email_address: testEmail(),
    });

    expect(status).toBe(403);
    expect(refused.errors[0].code).toBe('sign_up_mode_restricted');
  });

  it('refuses a ticket that was revoked, that is over, or that is for something else', async () => {
    const revoked = await invitation();
    await instance.bapi.post(`/v1/invitations/${revoked.id}/revoke`);
    const old = await invitation({ expires_in_days: 1 });
    const { id: userId } = await instance.given.user();
    const signInToken = await instance.bapi.post('/v1/sign_in_tokens', { user_id: userId });
    const actorToken = await instance.bapi.post('/v1/actor_tokens', { user_id: userId, actor: { sub: 'user_x' } });
    const codeOf = async (ticket: string) => {
      const { status, body } = await signUp(instance, { strategy: 'ticket', ticket });
      expect(status).toBe(400);
      return body.errors[0].code as string;
    };

    expect(await codeOf(revoked.ticket)).toBe('revoked_invitation');
    expect(await codeOf(signInToken.body.token)).toBe('sign_in_token_not_in_sign_in_code');
    expect(await codeOf(actorToken.body.token)).toBe('actor_token_not_in_sign_in_code');
    expect(await codeOf('nonsense')).toBe('ticket_invalid_code');
    clock.advance(25 * 60 * 60_000);
    expect(await codeOf(old.ticket)).toBe('ticket_expired_code');
    expect((await signUp(instance, { strategy: 'ticket' })).body.errors[0].code).toBe('form_param_missing');
  });

  it('sends whom it finds with an account to sign in, where the ticket works', async () => {
    const { id, email } = await instance.given.user();
    const { ticket } = await invitation({ email_address: email, ignore_existing: true });
    const newcomer = await invitation();

    const refused = await signUp(instance, { strategy: 'ticket', ticket });
    expect(refused.body.errors[0].code).toBe('invitation_account_exists');
    const signIn = (text: string) =>
      instance.browser().post('/v1/client/sign_ins', { strategy: 'ticket', ticket: text });
    expect((await signIn(ticket)).body.client.sessions[0].user.id).toBe(id);
    expect((await signIn(ticket)).body.errors[0].code).toBe('invitation_already_accepted');
    expect((await signIn(newcomer.ticket)).body.errors[0].code).toBe('invitation_account_not_exists');
  });
});

async function subjectTo(to: string): Promise<string> {
  const { subject, text } = await until(`something for ${to}`, () => latchkey.inbox.list({ to })[0]);
  return subject ?? text;
}
