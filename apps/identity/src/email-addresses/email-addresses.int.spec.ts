import { PASSWORD, testEmail, useLatchkey } from '@latchkey/testing';

const latchkey = useLatchkey({
  settings: { attributes: { username: { enabled: true }, email_address: { enabled: true, required: false } } },
});
const { bapi, given, events, clock, codeFor, anotherInstance } = latchkey;

const MINUTE_MS = 60_000;
const codeOf = (body: { errors: { code: string }[] }) => body.errors[0]!.code;

const userOf = async (id: string) => (await bapi.get(`/v1/users/${id}`)).body;

/** A user of BAPI with the id of their only address. */
async function withAddress(fields: object = {}) {
  const { id, email } = await given.user(fields);
  return { id, email, addressId: String((await userOf(id)).email_addresses[0].id) };
}

describe('BAPI CreateEmailAddress', () => {
  it.each([
    [true, 'verified'],
    [false, undefined],
  ])('adds an address, verified: %s', async (verified, status) => {
    const { id } = await given.user();
    const address = testEmail();

    const { status: httpStatus, body } = await bapi.post('/v1/email_addresses', {
      user_id: id,
      email_address: address,
      verified,
    });

    expect(httpStatus).toBe(200);
    expect(body).toMatchObject({ object: 'email_address', email_address: address, reserved: false, linked_to: [] });
    expect(body.verification?.status).toBe(status);
    const user = await userOf(id);
    expect(user.email_addresses).toHaveLength(2);
    expect(user.primary_email_address_id).toBe(user.email_addresses[0].id);
    expect(await events.of('user.updated', id)).toHaveLength(1);
  });

  it('makes it primary when asked to, and tells the one before', async () => {
    const { id, email } = await given.user();

    const { body } = await bapi.post('/v1/email_addresses', {
      user_id: id,
      email_address: testEmail(),
      verified: true,
      primary: true,
      notify_primary_email_address_changed: true,
    });

    expect((await userOf(id)).primary_email_address_id).toBe(body.id);
    expect(await events.of('email.created', id)).toMatchObject([
      { data: { slug: 'primary_email_address_changed', to_email_address: email } },
    ]);
    expect(await events.of('user.updated', id)).toHaveLength(1);
  });

  it('makes the first one primary', async () => {
    const { body: user } = await bapi.post('/v1/users', { username: `u${Date.now()}`, password: PASSWORD });

    const { body } = await bapi.post('/v1/email_addresses', {
      user_id: user.id,
      email_address: testEmail(),
      verified: true,
    });

    expect((await userOf(user.id)).primary_email_address_id).toBe(body.id);
  });

  it('lets one of three users who race have an address', async () => {
    const users = await Promise.all([1, 2, 3].map(() => given.user()));
    const address = testEmail();

    const replies = await Promise.all(
      users.map(({ id }) => bapi.post('/v1/email_addresses', { user_id: id, email_address: address, verified: true })),
    );

    expect(replies.map(({ status }) => status).sort()).toEqual([200, 422, 422]);
    expect(codeOf(replies.find(({ status }) => status === 422)!.body)).toBe('form_identifier_exists');
  });

  it("lets an unproved address stand beside somebody else's unproved one, but not beside a proved one", async () => {
    const [a, b, c] = [await given.user(), await given.user(), await given.user()];
    const address = testEmail();
    const add = (id: string, verified: boolean) =>
      bapi.post('/v1/email_addresses', { user_id: id, email_address: address, verified });

    expect((await add(a.id, false)).status).toBe(200);
    expect((await add(b.id, false)).status).toBe(200);
    expect((await add(c.id, true)).status).toBe(200);
    expect((await add(a.id, false)).status).toBe(422);
  });

  it('refuses an unknown user, a bad address and missing fields', async () => {
    const { id } = await given.user();
    const create = async (body: object) => {
      const reply = await bapi.post('/v1/email_addresses', body);
      return [reply.status, codeOf(reply.body)];
    };

    expect(await create({ user_id: 'user_unknown', email_address: testEmail() })).toEqual([404, 'resource_not_found']);
    expect(await create({ user_id: id, email_address: 'nobody' })).toEqual([422, 'form_param_format_invalid']);
    expect(await create({ user_id: id })).toEqual([422, 'form_param_missing']);
    expect(await create({ user_id: id, email_address: testEmail(), primary: true })).toEqual([
      422,
      'form_verification_needed',
    ]);
  });
});

describe('BAPI GetEmailAddress', () => {
  it('answers the address, to its own instance only', async () => {
    const { addressId, email } = await withAddress();
    const other = await anotherInstance();

    expect(await bapi.get(`/v1/email_addresses/${addressId}`)).toMatchObject({
      status: 200,
      body: { id: addressId, email_address: email },
    });
    expect((await other.bapi.get(`/v1/email_addresses/${addressId}`)).status).toBe(404);
    expect((await bapi.get('/v1/email_addresses/idn_unknown')).status).toBe(404);
  });
});

describe('BAPI UpdateEmailAddress', () => {
  it('proves and unproves, and makes primary', async () => {
    const { id } = await given.user();
    const { body: second } = await bapi.post('/v1/email_addresses', { user_id: id, email_address: testEmail() });
    const update = (fields: object) => bapi.patch(`/v1/email_addresses/${second.id}`, fields);

    const early = await update({ primary: true });
    const proved = await update({ verified: true });
    const primary = await update({ primary: true });
    const unproved = await update({ verified: false });

    expect([early.status, codeOf(early.body)]).toEqual([422, 'form_verification_needed']);
    expect(proved.body.verification).toMatchObject({ status: 'verified', strategy: 'admin' });
    expect(primary.status).toBe(200);
    expect((await userOf(id)).primary_email_address_id).toBe(second.id);
    expect(unproved.body.verification).toBeNull();
    expect(await events.of('user.updated', id)).toHaveLength(4);
  });

  it('changes and tells nothing when nothing is given', async () => {
    const { id, addressId } = await withAddress();

    expect((await bapi.patch(`/v1/email_addresses/${addressId}`, { verified: true, primary: true })).status).toBe(200);
    expect(await events.of('user.updated', id)).toEqual([]);
  });

  it('refuses to prove what somebody else has proved', async () => {
    const { email } = await given.user();
    const { id } = await given.user();
    const other = testEmail();
    const { body: mine } = await bapi.post('/v1/email_addresses', { user_id: id, email_address: other });
    await bapi.post('/v1/users', { email_address: [other], password: PASSWORD });

    const reply = await bapi.patch(`/v1/email_addresses/${mine.id}`, { verified: true });

    expect(email).not.toBe(other);
    expect([reply.status, codeOf(reply.body)]).toEqual([422, 'form_identifier_exists']);
  });

  it('finds no unknown address', async () => {
    expect((await bapi.patch('/v1/email_addresses/idn_unknown', { verified: true })).status).toBe(404);
  });
});

describe('BAPI DeleteEmailAddress', () => {
  it('removes an address, and makes another proved one primary', async () => {
    const { id, addressId } = await withAddress();
    const { body: second } = await bapi.post('/v1/email_addresses', {
      user_id: id,
      email_address: testEmail(),
      verified: true,
    });

    const { status, body } = await bapi.delete(`/v1/email_addresses/${addressId}`);

    expect(status).toBe(200);
    expect(body).toEqual({ object: 'email_address', id: addressId, deleted: true });
    expect(await userOf(id)).toMatchObject({
      primary_email_address_id: second.id,
      email_addresses: [{ id: second.id }],
    });
  });

  it('keeps the last way in', async () => {
    const { addressId } = await withAddress();

    const { status, body } = await bapi.delete(`/v1/email_addresses/${addressId}`);

    expect([status, codeOf(body)]).toEqual([400, 'identification_deletion_failed']);
  });

  it('keeps the last address where the instance requires one', async () => {
    const other = await anotherInstance({ settings: { attributes: { username: { enabled: true } } } });
    const { body: user } = await other.bapi.post('/v1/users', {
      email_address: [testEmail()],
      username: `u${Date.now()}`,
      password: PASSWORD,
    });

    const { status, body } = await other.bapi.delete(`/v1/email_addresses/${user.email_addresses[0].id}`);

    expect([status, codeOf(body)]).toEqual([400, 'last_required_identification_deletion_failed']);
  });

  it('leaves one of two that are deleted at once', async () => {
    const { id, addressId } = await withAddress();
    const { body: second } = await bapi.post('/v1/email_addresses', {
      user_id: id,
      email_address: testEmail(),
      verified: true,
    });

    const replies = await Promise.all([addressId, second.id].map((each) => bapi.delete(`/v1/email_addresses/${each}`)));

    expect(replies.map(({ status }) => status).sort()).toEqual([200, 400]);
  });

  it('does not find an address of another instance', async () => {
    const { addressId } = await withAddress();
    const other = await anotherInstance();

    expect((await other.bapi.delete(`/v1/email_addresses/${addressId}`)).status).toBe(404);
  });
});

describe('BAPI ReplaceUserEmailAddress', () => {
  it.each([
    [undefined, { reserved: false, verification: { strategy: 'admin' } }],
    ['reserved', { reserved: true, verification: null }],
    ['unverified', { reserved: false, verification: null }],
  ])('leaves one primary address, %s', async (status, shown) => {
    const { id } = await given.user();
    await bapi.post('/v1/email_addresses', { user_id: id, email_address: testEmail(), verified: true });
    const address = testEmail();

    const { status: httpStatus, body } = await bapi.put(`/v1/users/${id}/email_address`, {
      email_address: address,
      identification_status: status,
    });

    expect(httpStatus).toBe(200);
    expect(body).toMatchObject({ email_address: address, ...shown });
    expect(await userOf(id)).toMatchObject({ primary_email_address_id: body.id, email_addresses: [{ id: body.id }] });
  });

  it("refuses somebody else's address and an unknown user, and tells the one before when asked to", async () => {
    const { id, email } = await given.user();
    const { email: taken } = await given.user();
    const replace = (user: string, fields: object) => bapi.put(`/v1/users/${user}/email_address`, fields);

    expect((await replace(id, { email_address: taken })).status).toBe(422);
    expect((await replace('user_unknown', { email_address: testEmail() })).status).toBe(404);
    expect((await replace(id, { email_address: testEmail(), notify_primary_email_address_changed: true })).status).toBe(
      200,
    );
    expect(await events.of('email.created', id)).toMatchObject([{ data: { to_email_address: email } }]);
  });
});

describe('BAPI PrepareEmailAddressVerification', () => {
  it('sends a code that is apart from the proof of the address', async () => {
    const { id, addressId } = await withAddress();

    const { status, body } = await bapi.post(`/v1/email_addresses/${addressId}/prepare_verification`);

    expect(status).toBe(200);
    expect(body).toMatchObject({
      status: 'unverified',
      strategy: 'email_code',
      attempts: 0,
      channel: null,
      expire_at: expect.any(Number),
    });
    expect((await userOf(id)).email_addresses[0].verification).toMatchObject({ strategy: 'admin' });
  });

  it('finds no unknown address', async () => {
    expect((await bapi.post('/v1/email_addresses/idn_unknown/prepare_verification')).status).toBe(404);
  });
});

describe('BAPI AttemptEmailAddressVerification', () => {
  it('tells a wrong code by the status, and proves the address with the right one', async () => {
    const { id } = await given.user();
    const { body: address } = await bapi.post('/v1/email_addresses', { user_id: id, email_address: testEmail() });
    const path = `/v1/email_addresses/${address.id}`;
    const { body: check } = await bapi.post(`${path}/prepare_verification`);
    const attempt = (code: string) => bapi.post(`${path}/attempt_verification`, { verification_id: check.id, code });

    const wrong = await attempt('000000');
    const right = await attempt('424242');
    const again = await attempt('424242');

    expect(wrong).toMatchObject({ status: 200, body: { id: check.id, status: 'unverified', attempts: 1 } });
    expect(right).toMatchObject({ status: 200, body: { status: 'verified', attempts: 2 } });
    expect([again.status, codeOf(again.body)]).toEqual([400, 'verification_already_verified']);
    expect((await bapi.get(path)).body.verification).toMatchObject({ status: 'verified', strategy: 'email_code' });
  });

  it('fails after three wrong codes and expires after ten minutes', async () => {
    const { addressId } = await withAddress();
    const path = `/v1/email_addresses/${addressId}`;
    const prepare = async () => String((await bapi.post(`${path}/prepare_verification`)).body.id);
    const attempt = (id: string, code: string) =>
      bapi.post(`${path}/attempt_verification`, { verification_id: id, code });
    const failing = await prepare();
    for (let n = 0; n < 2; n++) await attempt(failing, '000000');

    expect((await attempt(failing, '000000')).body.status).toBe('failed');
    expect((await attempt(failing, '424242')).body.status).toBe('failed');
    const late = await prepare();
    clock.advance(11 * MINUTE_MS);
    expect((await attempt(late, '424242')).body.status).toBe('expired');
  });

  it("does not find another address's verification", async () => {
    const [a, b] = [await withAddress(), await withAddress()];
    const { body: check } = await bapi.post(`/v1/email_addresses/${a.addressId}/prepare_verification`);

    const { status } = await bapi.post(`/v1/email_addresses/${b.addressId}/attempt_verification`, {
      verification_id: check.id,
      code: '424242',
    });

    expect(status).toBe(404);
  });
});

describe('FAPI createEmailAddresses', () => {
  it('adds an address that is still to be proved', async () => {
    const { browser: chrome, userId } = await given.signedInBrowser();
    const address = testEmail();

    const { status, body } = await chrome.post('/v1/me/email_addresses', { email_address: address });

    expect(status).toBe(200);
    expect(body.response).toMatchObject({ object: 'email_address', email_address: address, verification: null });
    expect(body.client.sessions[0].user.email_addresses).toHaveLength(2);
    expect(await events.of('user.updated', userId)).toHaveLength(1);
  });

  it('refuses an address that the block-list keeps out', async () => {
    const { bapi, given: there } = await latchkey.anotherInstance({
      settings: { restrictions: { blocklist: { enabled: true } } },
    });
    await bapi.post('/v1/blocklist_identifiers', { identifier: '*@blocked.example' });
    const { browser: chrome } = await there.signedInBrowser();

    const { status, body } = await chrome.post('/v1/me/email_addresses', { email_address: 'somebody@blocked.example' });

    expect([status, codeOf(body)]).toEqual([403, 'not_allowed_access']);
  });

  it("refuses somebody else's, one's own, a bad one, and too many", async () => {
    const { browser: chrome, email } = await given.signedInBrowser();
    const { email: taken } = await given.user();
    const add = async (address: string) => {
      const reply = await chrome.post('/v1/me/email_addresses', { email_address: address });
      return reply.status === 200 ? 200 : [reply.status, codeOf(reply.body)];
    };

    expect(await add(taken)).toEqual([422, 'form_identifier_exists']);
    expect(await add(email.toUpperCase())).toEqual([422, 'form_identifier_exists']);
    expect(await add('nobody')).toEqual([422, 'form_param_format_invalid']);
    for (let n = 0; n < 10; n++) expect(await add(testEmail())).toBe(200);
    expect(await add(testEmail())).toEqual([400, 'too_many_unverified_identifications']);
  });

  it('leaves what the instance lets nobody change', async () => {
    const other = await anotherInstance({
      settings: { attributes: { email_address: { enabled: true, required: true, immutable: true } } },
    });
    const { browser: chrome } = await other.given.signedInBrowser();

    const { status, body } = await chrome.post('/v1/me/email_addresses', { email_address: testEmail() });

    expect([status, codeOf(body)]).toEqual([403, 'immutable_attribute_modification_not_allowed']);
  });
});

describe('FAPI getEmailAddresses', () => {
  it('lists the own addresses, as a bare array', async () => {
    const { browser: chrome, email } = await given.signedInBrowser();

    expect((await chrome.get('/v1/me/email_addresses')).body).toMatchObject([{ email_address: email }]);
  });
});

describe('FAPI getEmailAddress', () => {
  it('answers an own address, and nobody else one', async () => {
    const { browser: chrome, userId, email } = await given.signedInBrowser();
    const stranger = await given.signedInBrowser();
    const { id } = (await userOf(userId)).email_addresses[0];

    expect((await chrome.get(`/v1/me/email_addresses/${id}`)).body.response).toMatchObject({
      id,
      email_address: email,
    });
    expect((await stranger.browser.get(`/v1/me/email_addresses/${id}`)).status).toBe(404);
  });
});

describe('FAPI sendVerificationEmail', () => {
  it('mails a code that proves the address', async () => {
    const { browser: chrome, userId } = await given.signedInBrowser();
    const address = `me${Date.now()}@example.com`;
    const { body: added } = await chrome.post('/v1/me/email_addresses', { email_address: address });
    const path = `/v1/me/email_addresses/${added.response.id}`;

    const { status, body } = await chrome.post(`${path}/prepare_verification`, { strategy: 'email_code' });

    expect(status).toBe(200);
    expect(body.response.verification).toMatchObject({ status: 'unverified', strategy: 'email_code' });
    await events.next('email.created', ({ subject }) => subject === userId);
    const attempt = await chrome.post(`${path}/attempt_verification`, { code: await codeFor(address) });
    expect(attempt.body.response.verification.status).toBe('verified');
  });

  it.each([
    ['carrier_pigeon', 400, 'verification_strategy_invalid'],
    ['', 422, 'form_param_nil'],
  ])('refuses the strategy "%s"', async (strategy, expected, code) => {
    const { browser: chrome } = await given.signedInBrowser();
    const { body: added } = await chrome.post('/v1/me/email_addresses', { email_address: testEmail() });

    const { status, body } = await chrome.post(`/v1/me/email_addresses/${added.response.id}/prepare_verification`, {
      strategy,
    });

    expect([status, codeOf(body)]).toEqual([expected, code]);
  });

  it('refuses an address that is proved', async () => {
    const { browser: chrome, userId } = await given.signedInBrowser();
    const { id } = (await userOf(userId)).email_addresses[0];

    const { status, body } = await chrome.post(`/v1/me/email_addresses/${id}/prepare_verification`, {
      strategy: 'email_code',
    });

    expect([status, codeOf(body)]).toEqual([400, 'verification_already_verified']);
  });
});

describe('FAPI verifyEmailAddress', () => {
  async function prepared(address = testEmail()) {
    const signedIn = await given.signedInBrowser();
    const { body } = await signedIn.browser.post('/v1/me/email_addresses', { email_address: address });
    const path = `/v1/me/email_addresses/${body.response.id}`;
    await signedIn.browser.post(`${path}/prepare_verification`, { strategy: 'email_code' });
    return {
      ...signedIn,
      path,
      attempt: (code: string) => signedIn.browser.post(`${path}/attempt_verification`, { code }),
    };
  }

  it('makes the address the own one', async () => {
    const { attempt, userId } = await prepared();

    const { status, body } = await attempt('424242');

    expect(status).toBe(200);
    expect(body.response.verification).toMatchObject({ status: 'verified', strategy: 'email_code', attempts: 1 });
    expect(await events.of('user.updated', userId)).toHaveLength(2);
  });

  it('refuses wrong codes, three at most, and late ones', async () => {
    const guessing = await prepared();
    const late = await prepared();

    for (let n = 0; n < 3; n++) expect(codeOf((await guessing.attempt('000000')).body)).toBe('form_code_incorrect');
    expect(codeOf((await guessing.attempt('424242')).body)).toBe('verification_failed');
    clock.advance(11 * MINUTE_MS);
    expect(codeOf((await late.attempt('424242')).body)).toBe('verification_expired');
  });

  it('refuses a code before one was sent', async () => {
    const { browser: chrome } = await given.signedInBrowser();
    const { body: added } = await chrome.post('/v1/me/email_addresses', { email_address: testEmail() });

    const { body } = await chrome.post(`/v1/me/email_addresses/${added.response.id}/attempt_verification`, {
      code: '424242',
    });

    expect(codeOf(body)).toBe('verification_missing');
  });

  it('gives an address to one of two who prove it at once', async () => {
    const address = testEmail();
    const [a, b] = [await prepared(address), await prepared(address)];

    const replies = await Promise.all([a.attempt('424242'), b.attempt('424242')]);

    expect(replies.map(({ status }) => status).sort()).toEqual([200, 400]);
    expect(codeOf(replies.find(({ status }) => status === 400)!.body)).toBe('identification_claimed');
  });
});

describe('FAPI DeleteEmailAddress', () => {
  it('removes an own address, but not the last one', async () => {
    const { browser: chrome, userId } = await given.signedInBrowser();
    const { body: added } = await chrome.post('/v1/me/email_addresses', { email_address: testEmail() });
    const { id } = (await userOf(userId)).email_addresses[0];

    const removed = await chrome.delete(`/v1/me/email_addresses/${added.response.id}`);
    const last = await chrome.delete(`/v1/me/email_addresses/${id}`);

    expect(removed.body.response).toEqual({ object: 'email_address', id: added.response.id, deleted: true });
    expect([last.status, codeOf(last.body)]).toEqual([400, 'identification_deletion_failed']);
  });

  it('makes another address primary before, as the profile does it', async () => {
    const { browser: chrome, userId } = await given.signedInBrowser();
    const first = (await userOf(userId)).email_addresses[0].id;
    const { body: added } = await chrome.post('/v1/me/email_addresses', { email_address: testEmail() });
    const path = `/v1/me/email_addresses/${added.response.id}`;
    const early = await chrome.patch('/v1/me', { primary_email_address_id: added.response.id });
    await chrome.post(`${path}/prepare_verification`, { strategy: 'email_code' });
    await chrome.post(`${path}/attempt_verification`, { code: '424242' });

    const primary = await chrome.patch('/v1/me', { primary_email_address_id: added.response.id });
    const removed = await chrome.delete(`/v1/me/email_addresses/${first}`);

    expect(codeOf(early.body)).toBe('form_verification_needed');
    expect(primary.body.response.primary_email_address_id).toBe(added.response.id);
    expect(removed.status).toBe(200);
  });

  it("does not find somebody else's address", async () => {
    const { browser: chrome } = await given.signedInBrowser();
    const { addressId } = await withAddress();

    expect((await chrome.delete(`/v1/me/email_addresses/${addressId}`)).status).toBe(404);
  });
});
