import { PASSWORD, testEmail, useLatchkey } from '@latchkey/testing';

const { bapi, given, events, anotherInstance } = useLatchkey({
  settings: {
    attributes: {
      phone_number: { enabled: true },
      backup_code: { enabled: true, used_for_second_factor: true, second_factors: ['backup_code'] },
    },
  },
});

const codeOf = (body: { errors: { code: string }[] }) => body.errors[0]!.code;
const userOf = async (id: string) => (await bapi.get(`/v1/users/${id}`)).body;

let used = 200;
/** A fictional number, whose code is 424242; another one each time. */
const testPhone = () => `+1${++used}5550100`;

/** A user of BAPI with one verified number. */
async function withNumber(fields: object = {}) {
  const number = testPhone();
  const { id } = await given.user({ phone_number: [number], ...fields });
  return { id, number, numberId: String((await userOf(id)).phone_numbers[0].id) };
}

/** A signed-in user with a number, proved unless told otherwise. */
async function signedInWithNumber({ isProved = true, number = testPhone() } = {}) {
  const signedIn = await given.signedInBrowser();
  const { body } = await signedIn.browser.post('/v1/me/phone_numbers', { phone_number: number });
  const path = `/v1/me/phone_numbers/${body.response.id}`;
  await signedIn.browser.post(`${path}/prepare_verification`, { strategy: 'phone_code' });
  const attempt = (code: string) => signedIn.browser.post(`${path}/attempt_verification`, { code });
  if (isProved) await attempt('424242');
  return { ...signedIn, path, numberId: String(body.response.id), attempt };
}

describe('BAPI CreatePhoneNumber', () => {
  it('adds a number, as a second factor when asked to', async () => {
    const { id } = await given.user();
    const number = testPhone();

    const { status, body } = await bapi.post('/v1/phone_numbers', {
      user_id: id,
      phone_number: number,
      verified: true,
      reserved_for_second_factor: true,
    });

    expect(status).toBe(200);
    expect(body).toMatchObject({
      object: 'phone_number',
      phone_number: number,
      reserved_for_second_factor: true,
      default_second_factor: true,
      verification: { strategy: 'admin' },
    });
    expect(await userOf(id)).toMatchObject({ two_factor_enabled: true, primary_phone_number_id: body.id });
    expect(await events.of('user.updated', id)).toHaveLength(1);
  });

  it('refuses what cannot be', async () => {
    const { id } = await given.user();
    const { number: taken } = await withNumber();
    const create = async (fields: object) => {
      const reply = await bapi.post('/v1/phone_numbers', { user_id: id, phone_number: testPhone(), ...fields });
      return [reply.status, codeOf(reply.body)];
    };

    expect(await create({ phone_number: '12' })).toEqual([422, 'form_param_format_invalid']);
    expect(await create({ phone_number: taken })).toEqual([422, 'form_identifier_exists']);
    expect(await create({ user_id: 'user_unknown' })).toEqual([404, 'resource_not_found']);
    expect(await create({ reserved_for_second_factor: true })).toEqual([
      400,
      'identification_create_second_factor_unverified',
    ]);
  });
});

describe('BAPI GetPhoneNumber', () => {
  it('answers the number, to its own instance only', async () => {
    const { numberId, number } = await withNumber();
    const other = await anotherInstance();

    expect((await bapi.get(`/v1/phone_numbers/${numberId}`)).body).toMatchObject({
      id: numberId,
      phone_number: number,
    });
    expect((await other.bapi.get(`/v1/phone_numbers/${numberId}`)).status).toBe(404);
  });
});

describe('BAPI UpdatePhoneNumber', () => {
  it('proves a number, makes it primary and a second factor', async () => {
    const { id } = await withNumber();
    const { body: second } = await bapi.post('/v1/phone_numbers', { user_id: id, phone_number: testPhone() });
    const update = (fields: object) => bapi.patch(`/v1/phone_numbers/${second.id}`, fields);

    const early = await update({ reserved_for_second_factor: true });
    const { status, body } = await update({ verified: true, primary: true, reserved_for_second_factor: true });

    expect([early.status, codeOf(early.body)]).toEqual([400, 'identification_update_second_factor_unverified']);
    expect(status).toBe(200);
    expect(body).toMatchObject({ reserved_for_second_factor: true, default_second_factor: true });
    expect(await userOf(id)).toMatchObject({ primary_phone_number_id: second.id, two_factor_enabled: true });
    expect((await update({ reserved_for_second_factor: false })).body.default_second_factor).toBe(false);
    expect(await userOf(id)).toMatchObject({ two_factor_enabled: false, mfa_disabled_at: expect.any(Number) });
  });

  it('keeps the last way in from becoming a second factor', async () => {
    const other = await anotherInstance({
      settings: { attributes: { phone_number: { enabled: true }, email_address: { enabled: true, required: false } } },
    });
    const { body: user } = await other.bapi.post('/v1/users', { phone_number: [testPhone()], password: PASSWORD });

    const { status, body } = await other.bapi.patch(`/v1/phone_numbers/${user.phone_numbers[0].id}`, {
      reserved_for_second_factor: true,
    });

    expect([status, codeOf(body)]).toEqual([400, 'identification_update_failed']);
  });
});

describe('BAPI DeletePhoneNumber', () => {
  it('removes a number, and hands the default on', async () => {
    const { id, numberId } = await withNumber();
    const { body: second } = await bapi.post('/v1/phone_numbers', {
      user_id: id,
      phone_number: testPhone(),
      verified: true,
      reserved_for_second_factor: true,
    });
    await bapi.patch(`/v1/phone_numbers/${numberId}`, { reserved_for_second_factor: true });

    const { body } = await bapi.delete(`/v1/phone_numbers/${second.id}`);

    expect(body).toEqual({ object: 'phone_number', id: second.id, deleted: true });
    expect((await userOf(id)).phone_numbers).toMatchObject([{ id: numberId, default_second_factor: true }]);
  });

  it('finds no unknown number', async () => {
    expect((await bapi.delete('/v1/phone_numbers/idn_unknown')).status).toBe(404);
  });
});

describe('BAPI ReplaceUserPhoneNumber', () => {
  it('leaves one primary number, which is no second factor', async () => {
    const { id, numberId } = await withNumber();
    await bapi.patch(`/v1/phone_numbers/${numberId}`, { reserved_for_second_factor: true });
    const number = testPhone();

    const { status, body } = await bapi.put(`/v1/users/${id}/phone_number`, {
      phone_number: number,
      identification_status: 'reserved',
    });

    expect(status).toBe(200);
    expect(body).toMatchObject({
      phone_number: number,
      reserved: true,
      reserved_for_second_factor: false,
      verification: null,
    });
    expect(await userOf(id)).toMatchObject({
      primary_phone_number_id: body.id,
      two_factor_enabled: false,
      phone_numbers: [{ id: body.id }],
    });
  });

  it('finds no unknown user', async () => {
    expect((await bapi.put('/v1/users/user_unknown/phone_number', { phone_number: testPhone() })).status).toBe(404);
  });
});

describe('BAPI PreparePhoneNumberVerification', () => {
  it('sends a code that is apart from the proof of the number', async () => {
    const { numberId } = await withNumber();

    const { status, body } = await bapi.post(`/v1/phone_numbers/${numberId}/prepare_verification`);

    expect(status).toBe(200);
    expect(body).toMatchObject({ status: 'unverified', strategy: 'phone_code', channel: 'sms' });
  });
});

describe('BAPI AttemptPhoneNumberVerification', () => {
  it('tells a wrong code by the status, and proves the number with the right one', async () => {
    const { id } = await given.user();
    const { body: number } = await bapi.post('/v1/phone_numbers', { user_id: id, phone_number: testPhone() });
    const path = `/v1/phone_numbers/${number.id}`;
    const { body: check } = await bapi.post(`${path}/prepare_verification`);
    const attempt = (code: string) => bapi.post(`${path}/attempt_verification`, { verification_id: check.id, code });

    expect(await attempt('000000')).toMatchObject({ status: 200, body: { status: 'unverified', attempts: 1 } });
    expect(await attempt('424242')).toMatchObject({ status: 200, body: { status: 'verified' } });
    expect(codeOf((await attempt('424242')).body)).toBe('verification_already_verified');
    expect((await bapi.get(path)).body.verification.status).toBe('verified');
  });
});

describe('FAPI postPhoneNumbers', () => {
  it('adds a number that is still to be proved', async () => {
    const { browser: chrome } = await given.signedInBrowser();

    const { status, body } = await chrome.post('/v1/me/phone_numbers', { phone_number: testPhone() });

    expect(status).toBe(200);
    expect(body.response).toMatchObject({
      object: 'phone_number',
      verification: null,
      reserved_for_second_factor: false,
    });
  });

  it('is refused where numbers are turned off, and for a number that somebody has', async () => {
    const other = await anotherInstance();
    const elsewhere = await other.given.signedInBrowser();
    const { browser: chrome } = await given.signedInBrowser();
    const { number } = await withNumber();

    expect(codeOf((await elsewhere.browser.post('/v1/me/phone_numbers', { phone_number: testPhone() })).body)).toBe(
      'form_param_unknown',
    );
    expect(codeOf((await chrome.post('/v1/me/phone_numbers', { phone_number: number })).body)).toBe(
      'form_identifier_exists',
    );
  });
});

describe('FAPI getPhoneNumbers', () => {
  it('lists the own numbers, as a bare array', async () => {
    const { browser: chrome, numberId } = await signedInWithNumber();

    expect((await chrome.get('/v1/me/phone_numbers')).body).toMatchObject([{ id: numberId }]);
  });
});

describe('FAPI ReadPhoneNumber', () => {
  it('answers an own number, and nobody else one', async () => {
    const { browser: chrome, path, numberId } = await signedInWithNumber();
    const stranger = await given.signedInBrowser();

    expect((await chrome.get(path)).body.response.id).toBe(numberId);
    expect((await stranger.browser.get(path)).status).toBe(404);
  });
});

describe('FAPI sendVerificationSMS', () => {
  it('refuses another strategy, and a number that is proved', async () => {
    const { browser: chrome, path } = await signedInWithNumber({ isProved: false });
    const proved = await signedInWithNumber();

    expect(codeOf((await chrome.post(`${path}/prepare_verification`, { strategy: 'email_code' })).body)).toBe(
      'verification_strategy_invalid',
    );
    expect(
      codeOf((await proved.browser.post(`${proved.path}/prepare_verification`, { strategy: 'phone_code' })).body),
    ).toBe('verification_already_verified');
    expect(
      (await chrome.post(`${path}/prepare_verification`, { strategy: 'phone_code' })).body.response.verification.status,
    ).toBe('unverified');
  });
});

describe('FAPI verifyPhoneNumber', () => {
  it('makes the number the own and, as the first one, the primary one', async () => {
    const { attempt, userId, numberId } = await signedInWithNumber({ isProved: false });

    expect(codeOf((await attempt('000000')).body)).toBe('form_code_incorrect');
    expect((await attempt('424242')).body.response.verification).toMatchObject({
      status: 'verified',
      strategy: 'phone_code',
    });
    expect((await userOf(userId)).primary_phone_number_id).toBe(numberId);
  });

  it('gives a number to one of two who prove it at once', async () => {
    const number = testPhone();
    const two = [
      await signedInWithNumber({ isProved: false, number }),
      await signedInWithNumber({ isProved: false, number }),
    ];

    const replies = await Promise.all(two.map(({ attempt }) => attempt('424242')));

    expect(replies.map(({ status }) => status).sort()).toEqual([200, 400]);
    expect(codeOf(replies.find(({ status }) => status === 400)!.body)).toBe('identification_claimed');
  });
});

describe('FAPI UpdatePhoneNumber', () => {
  it('makes a number a second factor, with backup codes the first time', async () => {
    const { browser: chrome, path, userId } = await signedInWithNumber();

    const { status, body } = await chrome.patch(path, { reserved_for_second_factor: true });

    expect(status).toBe(200);
    expect(body.response).toMatchObject({ reserved_for_second_factor: true, default_second_factor: true });
    expect(body.response.backup_codes).toHaveLength(10);
    expect(await userOf(userId)).toMatchObject({ two_factor_enabled: true, backup_code_enabled: true });
    expect(codeOf((await chrome.patch(path, { default_second_factor: false })).body)).toBe(
      'form_disable_default_second_factor_not_allowed',
    );
    expect(
      (await chrome.patch(path, { reserved_for_second_factor: false })).body.response.reserved_for_second_factor,
    ).toBe(false);
    expect(await userOf(userId)).toMatchObject({ two_factor_enabled: false, backup_code_enabled: false });
  });

  it('refuses a number that is not proved', async () => {
    const { browser: chrome, path } = await signedInWithNumber({ isProved: false });

    const { status, body } = await chrome.patch(path, { reserved_for_second_factor: true });

    expect([status, codeOf(body)]).toEqual([400, 'identification_update_second_factor_unverified']);
  });
});

describe('FAPI DeletePhoneNumber', () => {
  it('removes an own number', async () => {
    const { browser: chrome, path, numberId, userId } = await signedInWithNumber();

    expect((await chrome.delete(path)).body.response).toEqual({ object: 'phone_number', id: numberId, deleted: true });
    expect(await userOf(userId)).toMatchObject({ phone_numbers: [], primary_phone_number_id: null });
  });

  it('keeps the last second factor where everybody needs one', async () => {
    const other = await anotherInstance({
      settings: { attributes: { phone_number: { enabled: true } }, sign_in: { second_factor_required: true } },
    });
    const { browser: chrome, userId } = await other.given.signedInBrowser({ email_address: testEmail() });
    const { body: factor } = await other.bapi.post('/v1/phone_numbers', {
      user_id: userId,
      phone_number: testPhone(),
      verified: true,
      reserved_for_second_factor: true,
    });

    const { status, body } = await chrome.delete(`/v1/me/phone_numbers/${factor.id}`);

    expect([status, codeOf(body)]).toEqual([400, 'second_factor_deletion_not_allowed']);
  });
});
