import { Client } from 'pg';
import { PASSWORD, testEmail, useLatchkey } from '@latchkey/testing';

const latchkey = useLatchkey({
  settings: {
    organizations: { enabled: true },
    attributes: {
      phone_number: { enabled: true },
      username: { enabled: true },
    },
  },
});
const { bapi, browser, given, events, anotherInstance } = latchkey;

const numbers = () => Array.from({ length: 9 }, () => Math.floor(Math.random() * 10)).join('');
const username = () => `u${numbers()}`;
const phone = () => `+4930${numbers().slice(0, 8)}`;

/** Every user that lists of this spec are about carries this mark in the family name. */
async function marked(mark: string, fields: object = {}) {
  const { id, email } = await given.user({ last_name: mark, ...fields });
  return { id, email };
}

const idsOf = (body: { id: string }[]) => body.map(({ id }) => id);

describe('BAPI CreateUser', () => {
  it('takes every documented parameter', async () => {
    const [first, second] = [testEmail(), testEmail()];
    const name = username();
    const number = phone();
    const { status, body } = await bapi.post('/v1/users', {
      external_id: `ext-${name}`,
      first_name: 'Ada',
      last_name: 'Lovelace',
      locale: 'en-GB',
      timezone: 'Europe/London',
      email_address: [first, second.toUpperCase()],
      email_address_identification_status: ['verified', 'reserved'],
      phone_number: [number],
      username: name.toUpperCase(),
      password: PASSWORD,
      totp_secret: 'JBSWY3DPEHPK3PXP',
      backup_codes: ['abcd1234'],
      public_metadata: { plan: 'gold' },
      private_metadata: { customer: 7 },
      unsafe_metadata: { theme: 'dark' },
      delete_self_enabled: false,
      create_organization_enabled: false,
      create_organizations_limit: 3,
      legal_accepted_at: '2020-02-03T04:05:06.007Z',
      created_at: '2019-01-02T03:04:05.006Z',
      bypass_client_trust: true,
      banned: true,
      locked: true,
    });

    expect(status).toBe(200);
    expect(body).toMatchObject({
      object: 'user',
      external_id: `ext-${name}`,
      first_name: 'Ada',
      last_name: 'Lovelace',
      locale: 'en-GB',
      timezone: 'Europe/London',
      username: name,
      password_enabled: true,
      totp_enabled: true,
      backup_code_enabled: true,
      two_factor_enabled: true,
      public_metadata: { plan: 'gold' },
      private_metadata: { customer: 7 },
      unsafe_metadata: { theme: 'dark' },
      delete_self_enabled: false,
      create_organization_enabled: false,
      create_organizations_limit: 3,
      legal_accepted_at: Date.parse('2020-02-03T04:05:06.007Z'),
      created_at: Date.parse('2019-01-02T03:04:05.006Z'),
      bypass_client_trust: true,
      banned: true,
      locked: true,
      lockout_expires_in_seconds: expect.closeTo(3600, -1) as number,
      has_image: false,
    });
    expect(body.email_addresses).toMatchObject([
      { email_address: first, reserved: false, verification: { status: 'verified', strategy: 'admin' } },
      { email_address: second, reserved: true, verification: null },
    ]);
    expect(body.primary_email_address_id).toBe(body.email_addresses[0].id);
    expect(body.phone_numbers).toMatchObject([{ phone_number: number, verification: { strategy: 'admin' } }]);
    expect(body.primary_phone_number_id).toBe(body.phone_numbers[0].id);
    const [event] = await events.of('user.created', body.id);
    expect(event!.data).toEqual(body);
  });

  it('lets a user be made without what is required when asked to skip it', async () => {
    const { status, body } = await bapi.post('/v1/users', {
      username: username(),
      skip_user_requirement: true,
      skip_password_requirement: true,
    });

    expect(status).toBe(200);
    expect(body).toMatchObject({ email_addresses: [], primary_email_address_id: null, password_enabled: false });
  });

  it('takes a weak password when its checks are skipped', async () => {
    const { id } = await given.user({ password: 'password', skip_password_checks: true });

    const { body } = await bapi.post(`/v1/users/${id}/verify_password`, { password: 'password' });

    expect(body).toEqual({ verified: true });
  });

  it.each([
    ['nothing', {}, 'form_data_missing', undefined],
    ['no password', { email_address: [testEmail()] }, 'form_data_missing', undefined],
    ['an unknown field', { shoe_size: 43 }, 'form_param_unknown', 'shoe_size'],
    ['no address', { email_address: ['nobody'] }, 'form_param_format_invalid', 'email_address.0'],
    ['no number', { phone_number: ['12'] }, 'form_param_format_invalid', 'phone_number.0'],
    ['a short username', { username: 'abc' }, 'form_username_invalid_length', 'username'],
    ['a username of digits', { username: '123456' }, 'form_username_needs_non_number_char', 'username'],
    ['a username with signs', { username: 'ada@home' }, 'form_username_invalid_character', 'username'],
    ['a username like a number', { username: '+15551234567' }, 'form_username_cannot_be_phone_number', 'username'],
    ['a username in Cyrillic', { username: 'админ' }, 'form_username_invalid_character', 'username'],
    ['a short password', { password: 'short' }, 'form_password_length_too_short', 'password'],
    ['a leaked password', { password: 'password1' }, 'form_password_pwned', 'password'],
    ['two passwords', { password_digest: 'x', password_hasher: 'md5' }, 'form_param_value_conflict', 'password'],
    ['a digest alone', { password: null, password_digest: 'x' }, 'form_conditional_param_missing', 'password_hasher'],
    [
      'a hasher alone',
      { password: null, password_hasher: 'md5', skip_password_requirement: true },
      'form_conditional_param_missing',
      'password_digest',
    ],
    [
      'a foreign digest',
      { password: null, password_digest: 'x', password_hasher: 'bcrypt' },
      'form_password_digest_invalid_code',
      'password_digest',
    ],
    [
      'an unknown hasher',
      { password: null, password_digest: 'x', password_hasher: 'rot13' },
      'form_param_value_invalid',
      'password_hasher',
    ],
    ['a bad secret', { totp_secret: 'not base32!' }, 'invalid_totp_secret_code', 'totp_secret'],
    [
      'uneven lists',
      { email_address_identification_status: ['verified', 'reserved'] },
      'form_param_array_length_mismatch',
      'email_address_identification_status',
    ],
    [
      'a large document',
      { public_metadata: { text: 'x'.repeat(9000) } },
      'form_param_exceeds_allowed_size',
      'public_metadata',
    ],
    ['a bad moment', { created_at: 'yesterday' }, 'form_param_format_invalid', 'created_at'],
    ['a wallet', { web3_wallet: ['0x1'] }, 'form_param_unknown', 'web3_wallet'],
  ])('refuses %s', async (_name, fields, code, param) => {
    const whole = { email_address: [testEmail()], password: PASSWORD };
    const isBare = ['nothing', 'no password'].includes(_name);

    const { status, body } = await bapi.post('/v1/users', isBare ? fields : { ...whole, ...fields });

    expect(status).toBe(422);
    expect(body.errors[0].code).toBe(code);
    if (param) expect(body.errors[0].meta.param_name).toBe(param);
  });

  it('names what is missing', async () => {
    const { body } = await bapi.post('/v1/users', { first_name: 'Ada' });

    expect(body.errors[0].meta).toEqual({ names: ['email_address', 'password'] });
  });

  it.each([
    ['email_address', () => ({ email_address: [testEmail()] })],
    ['phone_number', () => ({ phone_number: [phone()] })],
    ['username', () => ({ username: username() })],
    ['external_id', () => ({ external_id: username() })],
  ])('gives one %s to one of three who race for it', async (param, make) => {
    const fields = make();
    const create = () =>
      bapi.post('/v1/users', {
        email_address: [testEmail()],
        password: PASSWORD,
        skip_password_checks: true,
        ...fields,
      });

    const replies = await Promise.all([create(), create(), create()]);

    expect(replies.map(({ status }) => status).sort()).toEqual([200, 422, 422]);
    for (const { body } of replies.filter(({ status }) => status === 422))
      expect(body.errors[0]).toMatchObject({ code: 'form_identifier_exists', meta: { param_name: param } });
  });

  it('lets another instance have the same identifiers', async () => {
    const { email } = await given.user();
    const other = await anotherInstance();

    const { status } = await other.bapi.post('/v1/users', { email_address: [email], password: PASSWORD });

    expect(status).toBe(200);
  });
});

describe('BAPI GetUserList', () => {
  it('is a bare array, newest first', async () => {
    const mark = username();
    const [a, b] = [await marked(mark), await marked(mark)];

    const { status, body } = await bapi.get(`/v1/users?name_query=${mark}`);

    expect(status).toBe(200);
    expect(idsOf(body)).toEqual([b.id, a.id]);
  });

  it.each([
    'created_at',
    'updated_at',
    'email_address',
    'web3wallet',
    'first_name',
    'last_name',
    'phone_number',
    'username',
    'last_active_at',
    'last_sign_in_at',
  ])('orders by %s in both directions', async (field) => {
    const mark = username();
    const made = [];
    for (const n of [2, 1, 3])
      made.push(
        await marked(mark, {
          first_name: `N${n}`,
          username: `u${n}${username()}`,
          phone_number: [`+4930${n}${numbers().slice(0, 7)}`],
          email_address: [`${n}${testEmail()}`],
        }),
      );
    const [two, one, three] = made.map(({ id }) => id);

    const up = await bapi.get(`/v1/users?name_query=${mark}&order_by=%2B${field}`);
    const down = await bapi.get(`/v1/users?name_query=${mark}&order_by=-${field}`);

    const named = ['email_address', 'first_name', 'phone_number', 'username'];
    expect(idsOf(up.body)).toEqual(named.includes(field) ? [one, two, three] : idsOf(down.body).reverse());
    expect(idsOf(down.body)).toEqual(idsOf(up.body).reverse());
    expect(up.body).toHaveLength(3);
  });

  it('puts users without a value first in ascending and last in descending order', async () => {
    const mark = username();
    const named = await marked(mark, { first_name: 'Zoe' });
    const unnamed = await marked(mark);

    expect(idsOf((await bapi.get(`/v1/users?name_query=${mark}&order_by=first_name`)).body)).toEqual([
      unnamed.id,
      named.id,
    ]);
    expect(idsOf((await bapi.get(`/v1/users?name_query=${mark}&order_by=-first_name`)).body)).toEqual([
      named.id,
      unnamed.id,
    ]);
  });

  it('filters by every documented filter', async () => {
    const mark = username();
    const since = Date.now() - 1;
    const name = username();
    const number = phone();
    const found = await marked(mark, {
      first_name: 'Grace',
      username: name,
      phone_number: [number],
      external_id: `x-${name}`,
    });
    const other = await marked(mark, { first_name: 'Edsger', banned: true });
    const only = async (query: string) => idsOf((await bapi.get(`/v1/users?name_query=${mark}&${query}`)).body);

    const local = found.email.split('@')[0]!;
    for (const query of [
      `email_address=${encodeURIComponent(found.email)}&email_address=nobody@example.com`,
      `phone_number=${encodeURIComponent(number)}`,
      `external_id=x-${name}`,
      `external_id=-x-none&external_id=%2Bx-${name}`,
      `username=${name}`,
      `user_id=${found.id}`,
      `user_id[]=${found.id}`,
      `user_id=%2B${found.id}&user_id=user_unknown`,
      `user_id=-${other.id}`,
      `query=${encodeURIComponent(local.slice(3, 20).toUpperCase())}`,
      `query=${name.slice(1)}`,
      `query=${number.slice(3)}`,
      `query=${found.id}`,
      'query=grace',
      `email_address_query=${local.slice(2, 30)}`,
      `phone_number_query=${number.slice(2)}`,
      `username_query=${name.slice(1).toUpperCase()}`,
      'banned=false',
    ])
      expect([query, await only(query)]).toEqual([query, [found.id]]);
    expect(await only('banned=true')).toEqual([other.id]);
    expect(await only(`created_at_after=${since}`)).toEqual([other.id, found.id]);
    for (const query of [
      `created_at_before=${since}`,
      'last_active_at_after=1',
      'last_active_at_since=1',
      `last_active_at_before=${since}`,
      'last_sign_in_at_after=1',
      `last_sign_in_at_before=${since}`,
      'provider=oauth_google&provider_user_id=1',
      'web3_wallet=0x1',
      'organization_id=org_1',
      'query=100%25',
    ])
      expect([query, await only(query)]).toEqual([query, []]);
  });

  it('finds those who signed in by when they did', async () => {
    const { userId, email } = await given.signedInBrowser();
    const only = async (query: string) =>
      idsOf((await bapi.get(`/v1/users?email_address=${encodeURIComponent(email)}&${query}`)).body);

    for (const field of ['last_sign_in_at', 'last_active_at']) {
      expect(await only(`${field}_after=${Date.now() - 60_000}`)).toEqual([userId]);
      expect(await only(`${field}_before=${Date.now() - 60_000}`)).toEqual([]);
    }
  });

  it('filters by organization', async () => {
    const mark = username();
    const [member, other] = [await marked(mark), await marked(mark)];
    const organization = await given.organization(member.id);
    const only = async (query: string) =>
      idsOf((await bapi.get(`/v1/users?name_query=${mark}&organization_id=${query}`)).body);

    expect(await only(organization.id)).toEqual([member.id]);
    expect(await only(`%2B${organization.id}`)).toEqual([member.id]);
    expect(await only(`-${organization.id}`)).toEqual([other.id]);
    expect(await only('org_unknown')).toEqual([]);
    const count = await bapi.get(`/v1/users/count?name_query=${mark}&organization_id=${organization.id}`);
    expect(count.body.total_count).toBe(1);
  });

  it('filters by an organization of thousands, in order, in pages and with the right number', async () => {
    const mark = username();
    const users = [await marked(mark), await marked(mark), await marked(mark), await marked(mark)];
    const [first, second, third, other] = users.map(({ id }) => id);
    const organization = await given.organization(first!);
    const db = new Client({ connectionString: latchkey.at.databaseUrls.organizations });
    await db.connect();
    await db.query(
      `INSERT INTO memberships (id, instance_id, organization_id, user_id, role_id)
       SELECT 'orgmem_' || u || m.organization_id, m.instance_id, m.organization_id, u, m.role_id FROM memberships m,
         (SELECT 'user_crowd_' || n AS u FROM generate_series(1, 6000) AS n UNION SELECT unnest($2::text[])) AS crowd
       WHERE m.organization_id = $1`,
      [organization.id, [second, third]],
    );
    await db.end();
    const only = async (query: string) => idsOf((await bapi.get(`/v1/users?name_query=${mark}&${query}`)).body);
    const count = async (selection: string) =>
      (await bapi.get(`/v1/users/count?name_query=${mark}&organization_id=${selection}`)).body.total_count as number;

    const inside = `organization_id=${organization.id}`;
    expect(await only(`${inside}&order_by=created_at`)).toEqual([first, second, third]);
    expect(await only(`${inside}&order_by=-created_at&limit=1&offset=1`)).toEqual([second]);
    expect(await only(`organization_id=-${organization.id}`)).toEqual([other]);
    expect([await count(organization.id), await count(`-${organization.id}`)]).toEqual([3, 1]);
  });

  it('pages by limit, offset and starting_after', async () => {
    const mark = username();
    const ids: string[] = [];
    for (let n = 0; n < 5; n++) ids.unshift((await marked(mark)).id);
    const list = async (query: string) => idsOf((await bapi.get(`/v1/users?name_query=${mark}&${query}`)).body);

    expect(await list('limit=2')).toEqual(ids.slice(0, 2));
    expect(await list('limit=2&offset=2')).toEqual(ids.slice(2, 4));
    expect(await list(`limit=2&starting_after=${ids[1]}`)).toEqual(ids.slice(2, 4));
    expect(await list(`order_by=created_at&starting_after=${ids[3]}`)).toEqual([ids[2], ids[1], ids[0]]);
  });

  it.each([
    ['limit=0', 'limit'],
    ['limit=501', 'limit'],
    ['offset=-1', 'offset'],
    ['order_by=shoe_size', 'order_by'],
    ['banned=perhaps', 'banned'],
    ['created_at_after=yesterday', 'created_at_after'],
    ['shoe_size=43', 'shoe_size'],
    ['starting_after=user_unknown', 'starting_after'],
    ['starting_after=user_unknown&order_by=username', 'order_by'],
    ['starting_after=user_unknown&offset=1', 'offset'],
  ])('refuses %s', async (query, param) => {
    const { status, body } = await bapi.get(`/v1/users?${query}`);

    expect(status).toBe(422);
    expect(body.errors[0].meta.param_name).toBe(param);
  });

  it('shows nothing of another instance', async () => {
    const { id } = await given.user();
    const other = await anotherInstance();

    expect((await other.bapi.get('/v1/users')).body).toEqual([]);
    expect((await other.bapi.get(`/v1/users?user_id=${id}`)).body).toEqual([]);
  });
});

describe('BAPI GetUsersCount', () => {
  it('counts with the filters of the list, whatever its paging', async () => {
    const mark = username();
    await marked(mark);
    await marked(mark);

    const { status, body } = await bapi.get(`/v1/users/count?name_query=${mark}&limit=1&order_by=username`);

    expect(status).toBe(200);
    expect(body).toEqual({ object: 'total_count', total_count: 2 });
  });
});

describe('text that cannot be stored', () => {
  it('is a problem of its parameter in a body and a query, and nobody’s id', async () => {
    const nested = await bapi.post('/v1/users', { email_address: ['nul@example.com'], public_metadata: { a: ['\0'] } });
    expect(nested).toMatchObject({
      status: 422,
      body: { errors: [{ code: 'form_param_format_invalid', meta: { param_name: 'public_metadata.a.0' } }] },
    });
    expect((await bapi.get('/v1/users?query=%00')).status).toBe(422);
    expect((await bapi.get('/v1/users/%00')).status).toBe(404);
    const { browser: member } = await given.signedInBrowser();
    expect((await member.get('/v1/organizations/%00')).status).toBe(404);
  });

  it('is found behind escapes, too', async () => {
    const chrome = browser();
    for (const unsafe_metadata of [String.raw`{"a":"\u0000"}`, String.raw`{"\ud800":1}`]) {
      const { status, body } = await chrome.post('/v1/client/sign_ups', { unsafe_metadata });
      expect(status).toBe(422);
      expect(body.errors[0]).toMatchObject({
        code: 'form_param_format_invalid',
        meta: { param_name: 'unsafe_metadata' },
      });
    }
  });

  it('does not let anything in that is nested deeper than it can be looked at', async () => {
    const deep = (levels: number) => '{"a":'.repeat(levels) + '1' + '}'.repeat(levels);
    const { status, body } = await bapi.post('/v1/users', { public_metadata: JSON.parse(deep(500)) as object });
    expect([status, body.errors[0].meta.param_name]).toEqual([422, 'public_metadata']);
    expect((await browser().post('/v1/client/sign_ups', { unsafe_metadata: deep(20_000) })).status).toBe(422);
  });

  it('is not what a number means that no row can hold', async () => {
    const { status } = await bapi.post('/v1/users', {
      email_address: [testEmail()],
      create_organizations_limit: 2 ** 31,
    });
    expect(status).toBe(422);
    expect((await bapi.get('/v1/users?created_at_before=8640000000000000')).status).toBe(422);
    const early = { email_address: [testEmail()], created_at: '0000-01-01T00:00:00Z' };
    expect((await bapi.post('/v1/users', early)).status).toBe(422);
  });

  it('is answered in the envelope that callers read, however long an id is', async () => {
    const { status, body } = await bapi.get(`/v1/users/${'u'.repeat(1500)}`);
    expect(status).toBe(404);
    expect(body.errors[0].code).toBe('resource_not_found');
  });
});

describe('BAPI GetUser', () => {
  it('answers the user', async () => {
    const { id, email } = await given.user();

    const { status, body } = await bapi.get(`/v1/users/${id}`);

    expect(status).toBe(200);
    expect(body).toMatchObject({ id, object: 'user', email_addresses: [{ email_address: email }] });
    expect(body.image_url).toMatch(/^https?:\/\//);
  });

  it('finds neither an unknown user nor one of another instance', async () => {
    const { id } = await given.user();
    const other = await anotherInstance();

    for (const reply of [await bapi.get('/v1/users/user_unknown'), await other.bapi.get(`/v1/users/${id}`)]) {
      expect(reply.status).toBe(404);
      expect(reply.body.errors[0].code).toBe('resource_not_found');
    }
  });
});

describe('BAPI UpdateUser', () => {
  it('changes what is given and leaves the rest', async () => {
    const { id } = await given.user({ first_name: 'Ada', last_name: 'Byron', username: username() });

    const { status, body } = await bapi.patch(`/v1/users/${id}`, { last_name: 'Lovelace', locale: 'fr-FR' });

    expect(status).toBe(200);
    expect(body).toMatchObject({ first_name: 'Ada', last_name: 'Lovelace', locale: 'fr-FR' });
    expect(await events.of('user.updated', id)).toMatchObject([{ data: body }]);
  });

  it.each([null, ''])('removes the username by %j', async (value) => {
    const { id } = await given.user({ username: username() });

    expect((await bapi.patch(`/v1/users/${id}`, { username: value })).body.username).toBeNull();
  });

  it('makes another verified address primary', async () => {
    const { body: user } = await bapi.post('/v1/users', {
      email_address: [testEmail(), testEmail()],
      password: PASSWORD,
    });
    const second = user.email_addresses[1].id;

    const { body } = await bapi.patch(`/v1/users/${user.id}`, { primary_email_address_id: second });

    expect(body.primary_email_address_id).toBe(second);
  });

  it('refuses to make primary what is unproved or of somebody else', async () => {
    const { body: user } = await bapi.post('/v1/users', {
      email_address: [testEmail(), testEmail()],
      email_address_identification_status: ['verified', 'reserved'],
      password: PASSWORD,
    });
    const { body: stranger } = await bapi.get(`/v1/users/${(await given.user()).id}`);
    const update = async (id: string) =>
      (await bapi.patch(`/v1/users/${user.id}`, { primary_email_address_id: id })).body.errors[0].code;

    expect(await update(user.email_addresses[1].id)).toBe('form_verification_needed');
    expect(await update(stranger.email_addresses[0].id)).toBe('form_resource_not_found');
  });

  it('signs the user out everywhere with a new password when asked to', async () => {
    const { userId, sessionId } = await given.signedInBrowser();

    const { status } = await bapi.patch(`/v1/users/${userId}`, {
      password: `${PASSWORD}!`,
      sign_out_of_other_sessions: true,
    });

    expect(status).toBe(200);
    expect(await events.of('session.revoked', userId)).toMatchObject([{ data: { id: sessionId, status: 'revoked' } }]);
    expect((await bapi.post(`/v1/users/${userId}/verify_password`, { password: `${PASSWORD}!` })).status).toBe(200);
  });

  it.each([
    [{ sign_out_of_other_sessions: true }, 'form_conditional_param_missing'],
    [{ skip_password_checks: true }, 'form_conditional_param_missing'],
    [{ banned: true }, 'form_param_unknown'],
    [{ public_metadata: {} }, 'form_param_unknown'],
    [{ profile_image_id: 'img_unknown' }, 'form_resource_not_found'],
  ])('refuses %j', async (fields, code) => {
    const { id } = await given.user();

    const { status, body } = await bapi.patch(`/v1/users/${id}`, fields);

    expect(status).toBe(422);
    expect(body.errors[0].code).toBe(code);
  });

  it('replaces metadata in older versions', async () => {
    const { id } = await given.user({ public_metadata: { a: 1 } });

    const { status, body } = await bapi
      .with({ 'clerk-api-version': '2025-11-10' })
      .patch(`/v1/users/${id}`, { public_metadata: { b: 2 } });

    expect(status).toBe(200);
    expect(body.public_metadata).toEqual({ b: 2 });
  });

  it('tells nobody of a change that changes nothing', async () => {
    const { id } = await given.user();

    expect((await bapi.patch(`/v1/users/${id}`, {})).status).toBe(200);
    expect(await events.of('user.updated', id)).toEqual([]);
  });

  it('gives a username to one of two who race for it', async () => {
    const [a, b] = [await given.user(), await given.user()];
    const name = username();

    const replies = await Promise.all([a, b].map(({ id }) => bapi.patch(`/v1/users/${id}`, { username: name })));

    expect(replies.map(({ status }) => status).sort()).toEqual([200, 422]);
  });

  it('does not find a user of another instance', async () => {
    const { id } = await given.user();
    const other = await anotherInstance();

    expect((await other.bapi.patch(`/v1/users/${id}`, { first_name: 'Eve' })).status).toBe(404);
  });
});

describe('BAPI UpdateUserMetadata', () => {
  it('merges at every depth, and null removes', async () => {
    const { id } = await given.user({ public_metadata: { keep: 1, deep: { a: 1, b: { c: 2 } }, list: [1, 2] } });

    const { status, body } = await bapi.patch(`/v1/users/${id}/metadata`, {
      public_metadata: { deep: { a: null, b: { d: 3 } }, list: [3] },
      private_metadata: { note: 'hidden' },
    });

    expect(status).toBe(200);
    expect(body.public_metadata).toEqual({ keep: 1, deep: { b: { c: 2, d: 3 } }, list: [3] });
    expect(body.private_metadata).toEqual({ note: 'hidden' });
    expect(await events.of('user.updated', id)).toHaveLength(1);
  });

  it('loses no part of merges that race', async () => {
    const { id } = await given.user();

    await Promise.all(
      ['a', 'b', 'c', 'd'].map((key) => bapi.patch(`/v1/users/${id}/metadata`, { unsafe_metadata: { [key]: 1 } })),
    );

    expect((await bapi.get(`/v1/users/${id}`)).body.unsafe_metadata).toEqual({ a: 1, b: 1, c: 1, d: 1 });
  });

  it('refuses what would grow beyond 8 KB', async () => {
    const { id } = await given.user({ public_metadata: { a: 'x'.repeat(5000) } });

    const { status, body } = await bapi.patch(`/v1/users/${id}/metadata`, { public_metadata: { b: 'x'.repeat(5000) } });

    expect(status).toBe(422);
    expect(body.errors[0]).toMatchObject({
      code: 'form_param_exceeds_allowed_size',
      meta: { param_name: 'public_metadata' },
    });
  });

  it('finds no unknown user', async () => {
    expect((await bapi.patch('/v1/users/user_unknown/metadata', { public_metadata: {} })).status).toBe(404);
  });
});

describe('BAPI ReplaceUserMetadata', () => {
  it('replaces the given documents and leaves the others', async () => {
    const { id } = await given.user({
      public_metadata: { a: 1 },
      private_metadata: { b: 1 },
      unsafe_metadata: { c: 1 },
    });

    const { status, body } = await bapi.put(`/v1/users/${id}/metadata`, {
      public_metadata: { z: null },
      private_metadata: {},
    });

    expect(status).toBe(200);
    expect(body).toMatchObject({ public_metadata: { z: null }, private_metadata: {}, unsafe_metadata: { c: 1 } });
    expect(body.public_metadata).toEqual({ z: null });
  });

  it('stores null', async () => {
    const { id } = await given.user({ private_metadata: { a: 1 } });

    expect((await bapi.put(`/v1/users/${id}/metadata`, { private_metadata: null })).body.private_metadata).toBeNull();
  });

  it('finds no unknown user', async () => {
    expect((await bapi.put('/v1/users/user_unknown/metadata', { public_metadata: {} })).status).toBe(404);
  });
});

describe('BAPI DeleteUser', () => {
  it('removes the user, ends the sessions and frees the identifiers', async () => {
    const { userId, email, browser } = await given.signedInBrowser();

    const { status, body } = await bapi.delete(`/v1/users/${userId}`);

    expect(status).toBe(200);
    expect(body).toEqual({ object: 'user', id: userId, deleted: true });
    expect((await bapi.get(`/v1/users/${userId}`)).status).toBe(404);
    expect(await events.of('user.deleted', userId)).toMatchObject([{ data: body }]);
    expect(await events.of('session.revoked', userId)).toHaveLength(1);
    expect((await browser.get('/v1/client')).body.response.sessions).toEqual([]);
    expect((await bapi.post('/v1/users', { email_address: [email], password: PASSWORD })).status).toBe(200);
  });

  it('has one winner when three callers delete at once', async () => {
    const { id } = await given.user();

    const replies = await Promise.all([1, 2, 3].map(() => bapi.delete(`/v1/users/${id}`)));

    expect(replies.map(({ status }) => status).sort()).toEqual([200, 404, 404]);
    expect(await events.of('user.deleted', id)).toHaveLength(1);
  });

  it('does not find a user of another instance', async () => {
    const { id } = await given.user();
    const other = await anotherInstance();

    expect((await other.bapi.delete(`/v1/users/${id}`)).status).toBe(404);
    expect((await bapi.get(`/v1/users/${id}`)).status).toBe(200);
  });
});

describe('BAPI BanUser', () => {
  it('bans, ends the sessions, and tells of it once', async () => {
    const { userId } = await given.signedInBrowser();

    const { status, body } = await bapi.post(`/v1/users/${userId}/ban`);
    await bapi.post(`/v1/users/${userId}/ban`);

    expect(status).toBe(200);
    expect(body.banned).toBe(true);
    expect(await events.of('user.updated', userId)).toHaveLength(1);
    expect(await events.of('session.revoked', userId)).toHaveLength(1);
  });

  it('finds no unknown user', async () => {
    expect((await bapi.post('/v1/users/user_unknown/ban')).status).toBe(404);
  });
});

describe('BAPI UnbanUser', () => {
  it('lifts a ban', async () => {
    const { id } = await given.user({ banned: true });

    expect((await bapi.post(`/v1/users/${id}/unban`)).body.banned).toBe(false);
  });
});

describe('BAPI UsersBan', () => {
  it('bans all of them, in the order that they were named', async () => {
    const [a, b] = [await given.user(), await given.user()];

    const { status, body } = await bapi.post('/v1/users/ban', { user_ids: [b.id, a.id] });

    expect(status).toBe(200);
    expect(body).toMatchObject([
      { id: b.id, banned: true },
      { id: a.id, banned: true },
    ]);
  });

  it('bans none when one is unknown', async () => {
    const { id } = await given.user();

    expect((await bapi.post('/v1/users/ban', { user_ids: [id, 'user_unknown'] })).status).toBe(404);
    expect((await bapi.get(`/v1/users/${id}`)).body.banned).toBe(false);
  });

  it.each([
    [[], 422, 'form_param_value_invalid'],
    [Array.from({ length: 51 }, (_, n) => `user_${n}`), 400, 'bulk_size_exceeded'],
  ])('refuses none and more than fifty', async (ids, expected, code) => {
    const { status, body } = await bapi.post('/v1/users/ban', { user_ids: ids });

    expect(status).toBe(expected);
    expect(body.errors[0].code).toBe(code);
  });
});

describe('BAPI UsersUnban', () => {
  it('lifts the ban of all of them', async () => {
    const { id } = await given.user({ banned: true });

    expect((await bapi.post('/v1/users/unban', { user_ids: [id] })).body).toMatchObject([{ id, banned: false }]);
  });
});

describe('BAPI LockUser', () => {
  it('locks for the duration of the instance', async () => {
    const { id } = await given.user();

    const { status, body } = await bapi.post(`/v1/users/${id}/lock`);

    expect(status).toBe(200);
    expect(body).toMatchObject({ locked: true, lockout_expires_in_seconds: expect.closeTo(3600, -1) as number });
  });

  it('locks without an end where the instance knows none', async () => {
    const { bapi: other, given: there } = await anotherInstance({
      settings: { attack_protection: { user_lockout: { duration_in_minutes: 0 } } },
    });
    const { id } = await there.user();

    expect((await other.post(`/v1/users/${id}/lock`)).body).toMatchObject({
      locked: true,
      lockout_expires_in_seconds: null,
    });
  });

  it('is refused where lockout is turned off', async () => {
    const { bapi: other, given: there } = await anotherInstance({
      settings: { attack_protection: { user_lockout: { enabled: false } } },
    });
    const { id } = await there.user();

    const { status, body } = await other.post(`/v1/users/${id}/lock`);

    expect(status).toBe(403);
    expect(body.errors[0].code).toBe('feature_not_enabled');
  });
});

describe('BAPI UnlockUser', () => {
  it('unlocks', async () => {
    const { id } = await given.user({ locked: true });

    const { status, body } = await bapi.post(`/v1/users/${id}/unlock`);

    expect(status).toBe(200);
    expect(body).toMatchObject({ locked: false, lockout_expires_in_seconds: null });
  });

  it('finds no unknown user', async () => {
    expect((await bapi.post('/v1/users/user_unknown/unlock')).status).toBe(404);
  });
});

describe('parameters that change what is checked or told', () => {
  it('keeps a reserved number from everybody else: CreateUser', async () => {
    const number = phone();
    const { status, body } = await bapi.post('/v1/users', {
      email_address: [testEmail()],
      password: PASSWORD,
      phone_number: [number],
      phone_number_identification_status: ['reserved'],
    });

    expect(status).toBe(200);
    expect(body.phone_numbers[0]).toMatchObject({ phone_number: number, verification: null });
    const second = await bapi.post('/v1/users', {
      email_address: [testEmail()],
      password: PASSWORD,
      phone_number: [number],
    });
    expect(second.body.errors[0].code).toBe('form_identifier_exists');
  });

  it('wants consent where the instance does, unless that is skipped: CreateUser', async () => {
    const strict = await anotherInstance({ settings: { sign_up: { legal_consent_enabled: true } } });
    const create = (fields: object) =>
      strict.bapi.post('/v1/users', { email_address: [testEmail()], password: PASSWORD, ...fields });

    expect((await create({})).status).toBe(422);
    expect((await create({ skip_legal_checks: true })).status).toBe(200);
  });

  it('tells the address that was primary before, when asked to: UpdateUser', async () => {
    const [first, second] = [`${username()}@example.com`, `${username()}@example.com`];
    const { body: user } = await bapi.post('/v1/users', { email_address: [first, second], password: PASSWORD });
    const idOf = (address: string) =>
      user.email_addresses.find((row: { email_address: string }) => row.email_address === address).id as string;
    const choose = (address: string, fields: object = {}) =>
      bapi.patch(`/v1/users/${user.id}`, { primary_email_address_id: idOf(address), ...fields });

    await choose(second);
    expect(await events.of('email.created', user.id)).toEqual([]);

    await choose(first, { notify_primary_email_address_changed: true });
    const told = await events.of('email.created', user.id);
    expect(told.map(({ data }) => data)).toMatchObject([
      { slug: 'primary_email_address_changed', to_email_address: second },
    ]);
  });
});
