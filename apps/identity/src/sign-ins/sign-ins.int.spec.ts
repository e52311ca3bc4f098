import { PASSWORD, testEmail, useLatchkey, type TestInstance, until } from '@latchkey/testing';
import { generateSync } from 'otplib';

const latchkey = useLatchkey();
const { bapi, browser, clock, events, given } = latchkey;

const SIGN_INS = '/v1/client/sign_ins';
const MINUTE_MS = 60_000;

/** A sign-in of a known user that waits for its e-mail code. */
async function awaitingCode() {
  const { email, userId } = await given.signedInBrowser();
  const chrome = browser();
  const { body } = await chrome.post(SIGN_INS, { identifier: email, strategy: 'email_code' });
  return { chrome, email, userId, path: `${SIGN_INS}/${body.response.id}` };
}

describe('FAPI createSignIn', () => {
  it('answers an empty one with how to begin', async () => {
    const { status, body } = await browser().post(SIGN_INS);

    expect(status).toBe(200);
    expect(body.response).toMatchObject({
      object: 'sign_in_attempt',
      status: 'needs_identifier',
      supported_identifiers: ['email_address'],
      supported_first_factors: null,
      first_factor_verification: null,
      identifier: null,
    });
    expect(body.client.sign_in.id).toBe(body.response.id);
  });

  it('shows the ways in of whom an identifier belongs to, with the address masked', async () => {
    const { email } = await given.signedInBrowser({ first_name: 'Ada' });

    const { status, body } = await browser().post(SIGN_INS, { identifier: email.toUpperCase(), locale: 'en-US' });

    expect(status).toBe(200);
    expect(body.response).toMatchObject({ status: 'needs_first_factor', user_data: { first_name: 'Ada' } });
    const strategies = body.response.supported_first_factors.map((factor: { strategy: string }) => factor.strategy);
    expect(strategies).toEqual(['password', 'email_code', 'reset_password_email_code']);
    expect(body.response.supported_first_factors[1].safe_identifier).toBe(`${email[0]}*****@example.com`);
  });

  it('signs in with a password, and takes the attempt off the client', async () => {
    const { email, userId } = await given.signedInBrowser();

    const { status, body } = await browser().post(SIGN_INS, { identifier: email, password: PASSWORD });

    expect(status).toBe(200);
    expect(body.response).toMatchObject({
      status: 'complete',
      first_factor_verification: { status: 'verified', strategy: 'password' },
    });
    expect(body.client).toMatchObject({ sign_in: null, last_active_session_id: body.response.created_session_id });
    expect(body.client.sessions[0].user.id).toBe(userId);
    expect(await events.of('session.created', userId)).toHaveLength(2);
  });

  it('sends a code at once when its strategy is asked for', async () => {
    const { chrome, path } = await awaitingCode();

    const { body } = await chrome.get(path);

    expect(body.response.first_factor_verification).toMatchObject({ status: 'unverified', strategy: 'email_code' });
  });

  it.each([
    [{ identifier: 'nobody@example.com' }, 'form_identifier_not_found', 'identifier'],
    [{ identifier: 'nobody@example.com', password: PASSWORD }, 'form_identifier_not_found', 'identifier'],
    [{ strategy: 'email_code' }, 'form_param_missing', 'identifier'],
    [{ identifier: 'a@example.com', strategy: 'oauth_google' }, 'form_param_value_invalid', 'strategy'],
    [{ shoe_size: '43' }, 'form_param_unknown', 'shoe_size'],
  ])('refuses %j with %s', async (fields, code, param) => {
    const { status, body } = await browser().post(SIGN_INS, fields);

    expect(status).toBe(422);
    expect(body.errors[0]).toMatchObject({ code, meta: { param_name: param } });
  });

  it('refuses a wrong password', async () => {
    const { email } = await given.signedInBrowser();

    const { status, body } = await browser().post(SIGN_INS, { identifier: email, password: 'not it at all' });

    expect(status).toBe(422);
    expect(body.errors).toHaveLength(1);
    expect(body.errors[0]).toMatchObject({ code: 'form_password_incorrect', meta: { param_name: 'password' } });
  });

  it('refuses a client that is signed in', async () => {
    const { browser: chrome, email } = await given.signedInBrowser();

    const { status, body } = await chrome.post(SIGN_INS, { identifier: email, password: PASSWORD });

    expect(status).toBe(400);
    expect(body.errors[0].code).toBe('session_exists');
  });

  it('does not know the users of another instance', async () => {
    const { email } = await given.signedInBrowser();
    const other = await latchkey.anotherInstance();

    const { status } = await other.browser().post(SIGN_INS, { identifier: email });

    expect(status).toBe(422);
  });

  it('locks an account after too many wrong passwords, also of callers who race', async () => {
    const { email, userId } = await given.signedInBrowser();
    const guess = () => browser().post(SIGN_INS, { identifier: email, password: 'a wrong guess' });

    const replies = await Promise.all(Array.from({ length: 12 }, guess));

    const codes = replies.map(({ body }) => body.errors.map(({ code }: { code: string }) => code).join(' ')).sort();
    expect(codes).toEqual([
      ...Array<string>(7).fill('form_password_incorrect'),
      ...Array<string>(3).fill('form_password_incorrect account_lockout_warning'),
      ...Array<string>(2).fill('user_locked'),
    ]);
    const { status, body } = await browser().post(SIGN_INS, { identifier: email, password: PASSWORD });
    expect(status).toBe(403);
    expect(body.errors[0]).toMatchObject({ code: 'user_locked', meta: { duration_in_seconds: expect.any(Number) } });
    expect((await events.of('user.updated', userId)).at(-1)!.data).toMatchObject({ locked: true });

    clock.advance(61 * MINUTE_MS);
    const later = await browser().post(SIGN_INS, { identifier: email, password: PASSWORD });
    expect(later.body.response.status).toBe('complete');
  });
});

describe('FAPI createSignIn: accounts that must stay out', () => {
  it('refuses a banned user', async () => {
    const { id, email } = await given.user();
    await latchkey.bapi.post(`/v1/users/${id}/ban`);

    const { status, body } = await browser().post(SIGN_INS, { identifier: email });

    expect(status).toBe(403);
    expect(body.errors[0].code).toBe('user_banned');
  });

  it('refuses a user that an administrator has locked, until they are unlocked', async () => {
    const { id, email } = await given.user();
    await latchkey.bapi.post(`/v1/users/${id}/lock`);
    const signIn = () => browser().post(SIGN_INS, { identifier: email, password: PASSWORD });

    expect((await signIn()).body.errors[0].code).toBe('user_locked');
    await latchkey.bapi.post(`/v1/users/${id}/unlock`);
    expect((await signIn()).body.response.status).toBe('complete');
  });

  it('refuses a password that is right but public', async () => {
    const { email } = await given.user({ password: 'password1', skip_password_checks: true });
    const signIn = (password: string) => browser().post(SIGN_INS, { identifier: email, password });

    const { status, body } = await signIn('password1');
    expect(status).toBe(422);
    expect(body.errors[0]).toMatchObject({ code: 'form_password_pwned', meta: { param_name: 'password' } });
    expect((await signIn('password2')).body.errors[0].code).toBe('form_password_incorrect');
  });

  it('lets in with a password that is flagged, to set another one', async () => {
    const { id, email } = await given.user();
    await latchkey.bapi.post(`/v1/users/${id}/password/set_compromised`, {});

    const pending = browser();
    const { body: signedIn } = await pending.post(SIGN_INS, { identifier: email, password: PASSWORD });
    expect(signedIn.response.status).toBe('complete');
    expect(signedIn.client.sessions[0]).toMatchObject({ status: 'pending', tasks: [{ key: 'reset-password' }] });
    const chrome = browser();
    const { body } = await chrome.post(SIGN_INS, { identifier: email, strategy: 'reset_password_email_code' });
    const path = `${SIGN_INS}/${body.response.id}`;
    await chrome.post(`${path}/attempt_first_factor`, { strategy: 'reset_password_email_code', code: '424242' });
    const done = await chrome.post(`${path}/reset_password`, { password: 'an entirely different 81' });
    expect(done.body.client.sessions[0]).toMatchObject({ status: 'active', tasks: null });
    expect((await pending.get('/v1/client')).body.response.sessions[0].status).toBe('active');
    const mails = await events.of('email.created', id);
    expect(mails.map(({ data }) => (data as { slug?: string }).slug)).toContain('password_changed');
  });

  it('refuses a password where the user has none, and the transfer of nothing', async () => {
    const other = await latchkey.anotherInstance({ settings: { attributes: { password: { required: false } } } });
    const { email } = await other.given.user({ password: undefined });

    const { status, body } = await other.browser().post(SIGN_INS, { identifier: email, password: PASSWORD });
    expect(status).toBe(400);
    expect(body.errors[0].code).toBe('strategy_for_user_invalid');
    const transfer = await browser().post(SIGN_INS, { transfer: true });
    expect(transfer.status).toBe(400);
    expect(transfer.body.errors[0].code).toBe('account_transfer_invalid');
  });
});

describe('FAPI getSignIn', () => {
  it('shows a finished sign-in to its own client, and to no other', async () => {
    const { email } = await given.signedInBrowser();
    const chrome = browser();
    const { body } = await chrome.post(SIGN_INS, { identifier: email, password: PASSWORD });
    const path = `${SIGN_INS}/${body.response.id}`;

    expect((await chrome.get(path)).body.response.status).toBe('complete');
    const { status, body: refused } = await browser().get(path);
    expect(status).toBe(404);
    expect(refused.errors[0].code).toBe('resource_not_found');
  });

  it('knows no sign-in that was given up', async () => {
    const { chrome, path } = await awaitingCode();
    clock.advance(24 * 60 * MINUTE_MS);

    expect((await chrome.get(path)).status).toBe(404);
  });
});

describe('FAPI prepareSignInFactorOne', () => {
  it('mails a code that signs in', async () => {
    const email = `${Date.now()}@example.com`;
    const chrome = browser();
    const signUp = await chrome.post('/v1/client/sign_ups', { email_address: email, password: PASSWORD });
    const signUpPath = `/v1/client/sign_ups/${signUp.body.response.id}`;
    await chrome.post(`${signUpPath}/prepare_verification`, { strategy: 'email_code' });
    const signUpCode = await latchkey.codeFor(email);
    await chrome.post(`${signUpPath}/attempt_verification`, { strategy: 'email_code', code: signUpCode });
    const firefox = browser();
    const { body } = await firefox.post(SIGN_INS, { identifier: email });
    const path = `${SIGN_INS}/${body.response.id}`;
    const factor = body.response.supported_first_factors[1];

    const prepared = await firefox.post(`${path}/prepare_first_factor`, {
      strategy: 'email_code',
      email_address_id: factor.email_address_id,
    });
    expect(prepared.body.response.first_factor_verification).toMatchObject({ status: 'unverified', attempts: 0 });
    const code = await newCode(email, signUpCode);
    const attempted = await firefox.post(`${path}/attempt_first_factor`, { strategy: 'email_code', code });

    expect(attempted.body.response.status).toBe('complete');
  });

  it('refuses a factor that the account does not have', async () => {
    const { chrome, path } = await awaitingCode();

    const { status, body } = await chrome.post(`${path}/prepare_first_factor`, { strategy: 'phone_code' });

    expect(status).toBe(400);
    expect(body.errors[0].code).toBe('strategy_for_user_invalid');
  });

  it('refuses a sign-in that a newer one has replaced', async () => {
    const { chrome, path, email } = await awaitingCode();
    await chrome.post(SIGN_INS, { identifier: email });

    const { status, body } = await chrome.post(`${path}/prepare_first_factor`, { strategy: 'email_code' });

    expect(status).toBe(403);
    expect(body.errors[0].code).toBe('resource_forbidden');
  });
});

describe('FAPI attemptSignInFactorOne', () => {
  it('signs in with the right code', async () => {
    const { chrome, path, userId } = await awaitingCode();

    const { status, body } = await chrome.post(`${path}/attempt_first_factor`, {
      strategy: 'email_code',
      code: '424242',
    });

    expect(status).toBe(200);
    expect(body.response).toMatchObject({ status: 'complete', first_factor_verification: { status: 'verified' } });
    expect(body.client.sessions[0].user.id).toBe(userId);
  });

  it('signs in with the right password, after a wrong one', async () => {
    const { chrome, path } = await awaitingCode();
    const attempt = (password: string) =>
      chrome.post(`${path}/attempt_first_factor`, { strategy: 'password', password });

    expect((await attempt('wrong')).body.errors[0].code).toBe('form_password_incorrect');
    expect((await attempt(PASSWORD)).body.response.status).toBe('complete');
  });

  it('lets nobody in who was banned meanwhile, by the right code or password', async () => {
    const { chrome, path, userId } = await awaitingCode();
    await latchkey.bapi.post(`/v1/users/${userId}/ban`);

    for (const proof of [
      { strategy: 'email_code', code: '424242' },
      { strategy: 'password', password: PASSWORD },
    ]) {
      const { status, body } = await chrome.post(`${path}/attempt_first_factor`, proof);
      expect([status, body.errors[0].code]).toEqual([403, 'user_banned']);
    }
    expect((await chrome.get('/v1/client')).body.response.sessions).toEqual([]);
  });

  it('counts wrong codes, and ends the verification after three', async () => {
    const { chrome, path } = await awaitingCode();
    const attempt = (code: string) => chrome.post(`${path}/attempt_first_factor`, { strategy: 'email_code', code });

    const first = await attempt('111111');
    expect(first.status).toBe(422);
    expect(first.body.errors[0]).toMatchObject({ code: 'form_code_incorrect', meta: { param_name: 'code' } });
    expect((await chrome.get(path)).body.response.first_factor_verification).toMatchObject({
      status: 'unverified',
      attempts: 1,
    });
    await attempt('111111');
    await attempt('111111');
    const late = await attempt('424242');

    expect(late.status).toBe(400);
    expect(late.body.errors[0].code).toBe('verification_failed');
  });

  it('refuses an expired code', async () => {
    const { chrome, path } = await awaitingCode();
    clock.advance(11 * MINUTE_MS);

    const { status, body } = await chrome.post(`${path}/attempt_first_factor`, {
      strategy: 'email_code',
      code: '424242',
    });

    expect(status).toBe(400);
    expect(body.errors[0].code).toBe('verification_expired');
  });

  it.each([
    [{ strategy: 'reset_password_email_code', code: '424242' }, 400, 'verification_strategy_invalid'],
    [{ strategy: 'email_code' }, 422, 'form_param_missing'],
    [{ strategy: 'passkey' }, 422, 'form_param_value_invalid'],
  ])('refuses %j', async (fields, expected, code) => {
    const { chrome, path } = await awaitingCode();

    const { status, body } = await chrome.post(`${path}/attempt_first_factor`, fields);

    expect(status).toBe(expected);
    expect(body.errors[0].code).toBe(code);
  });

  it('refuses a code before one was sent', async () => {
    const { email } = await given.signedInBrowser();
    const chrome = browser();
    const { body } = await chrome.post(SIGN_INS, { identifier: email });

    const refused = await chrome.post(`${SIGN_INS}/${body.response.id}/attempt_first_factor`, {
      strategy: 'email_code',
      code: '424242',
    });

    expect(refused.body.errors[0].code).toBe('verification_missing');
  });

  it('has one winner when a code is used twice at once', async () => {
    const { chrome, path, userId } = await awaitingCode();
    const attempt = () => chrome.post(`${path}/attempt_first_factor`, { strategy: 'email_code', code: '424242' });

    const replies = await Promise.all([attempt(), attempt(), attempt()]);

    expect(replies.map((reply) => reply.status).sort()).toEqual([200, 400, 400]);
    expect(await events.of('session.created', userId)).toHaveLength(2);
  });
});

const SECRET = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP';
const TWO_FACTORS = {
  attributes: {
    authenticator_app: { enabled: true, used_for_second_factor: true, second_factors: ['totp'] },
    backup_code: { enabled: true, used_for_second_factor: true, second_factors: ['backup_code'] },
    phone_number: { enabled: true, used_for_second_factor: true, second_factors: ['phone_code'] },
  },
};

/** A sign-in that waits for its second factor. */
async function awaitingSecondFactor(instance: TestInstance, email: string) {
  const chrome = instance.browser();
  const { body } = await chrome.post(SIGN_INS, { identifier: email, password: PASSWORD });
  const path = `${SIGN_INS}/${body.response.id}`;
  const attempt = (strategy: string, code: string) => chrome.post(`${path}/attempt_second_factor`, { strategy, code });
  return { chrome, path, response: body.response, attempt };
}

describe('FAPI attemptSignInFactorTwo', () => {
  let instance: TestInstance;
  beforeAll(async () => {
    instance = await latchkey.anotherInstance({ settings: TWO_FACTORS });
  });

  const totp = () => generateSync({ secret: SECRET, epoch: Math.floor(clock.now().getTime() / 1000) });

  it('asks for the code of the app, and signs in with it', async () => {
    const { email } = await instance.given.user({ totp_secret: SECRET });
    const { attempt, response } = await awaitingSecondFactor(instance, email);
    expect(response).toMatchObject({ status: 'needs_second_factor', supported_second_factors: [{ strategy: 'totp' }] });

    const wrong = await attempt('totp', '000000');
    expect(wrong.status).toBe(422);
    expect(wrong.body.errors[0].code).toBe('form_code_incorrect');
    const { body } = await attempt('totp', totp());

    expect(body.response).toMatchObject({
      status: 'complete',
      second_factor_verification: { status: 'verified', strategy: 'totp' },
    });
    expect(body.client.sessions[0].factor_verification_age).toEqual([0, 0]);
  });

  it('takes a code of the app once: of two sign-ins with one code, one gets in', async () => {
    const { email } = await instance.given.user({ totp_secret: SECRET });
    const [first, second] = [await awaitingSecondFactor(instance, email), await awaitingSecondFactor(instance, email)];
    const code = totp();

    const replies = await Promise.all([first.attempt('totp', code), second.attempt('totp', code)]);

    expect(replies.map((reply) => reply.status).sort()).toEqual([200, 422]);
  });

  it('takes each backup code once, in any case', async () => {
    const { email } = await instance.given.user({ totp_secret: SECRET, backup_codes: ['abcdefgh', 'bcdefghj'] });
    const { attempt, response } = await awaitingSecondFactor(instance, email);
    expect(response.supported_second_factors).toEqual([{ strategy: 'totp' }, { strategy: 'backup_code' }]);

    expect((await attempt('backup_code', 'ABCDEFGH')).body.response.status).toBe('complete');
    const later = await awaitingSecondFactor(instance, email);
    expect((await later.attempt('backup_code', 'abcdefgh')).body.errors[0].code).toBe('form_code_incorrect');
    expect((await later.attempt('backup_code', 'bcdefghj')).body.response.status).toBe('complete');
  });

  it('refuses a factor that the user has not set up', async () => {
    const { email } = await instance.given.user({ totp_secret: SECRET });
    const { attempt } = await awaitingSecondFactor(instance, email);

    const { status, body } = await attempt('phone_code', '424242');

    expect(status).toBe(400);
    expect(body.errors[0].code).toBe('no_second_factors');
  });

  it('counts wrong codes towards the lock', async () => {
    const { email } = await instance.given.user({ totp_secret: SECRET });
    const { attempt } = await awaitingSecondFactor(instance, email);

    for (let i = 0; i < 10; i++) await attempt('totp', '000000');
    const { status, body } = await attempt('totp', totp());

    expect(status).toBe(403);
    expect(body.errors[0].code).toBe('user_locked');
  });

  it('refuses a sign-in that does not ask for one', async () => {
    const { email } = await instance.given.user();
    const chrome = instance.browser();
    const { body } = await chrome.post(SIGN_INS, { identifier: email });

    const refused = await chrome.post(`${SIGN_INS}/${body.response.id}/attempt_second_factor`, {
      strategy: 'totp',
      code: '000000',
    });

    expect(refused.status).toBe(400);
    expect(refused.body.errors[0].code).toBe('verification_missing');
  });
});

describe('FAPI prepareSignInFactorTwo', () => {
  it('texts a code to the number that is a second factor', async () => {
    const instance = await latchkey.anotherInstance({ settings: TWO_FACTORS });
    const { id, email } = await instance.given.user();
    const number = await instance.bapi.post('/v1/phone_numbers', {
      user_id: id,
      phone_number: '+12015550123',
      verified: true,
      reserved_for_second_factor: true,
    });
    expect(number.status).toBe(200);
    const { chrome, path, response, attempt } = await awaitingSecondFactor(instance, email);
    expect(response.supported_second_factors).toMatchObject([
      { strategy: 'phone_code', safe_identifier: '+1********23', phone_number_id: number.body.id },
    ]);

    const refused = await chrome.post(`${path}/prepare_second_factor`, { strategy: 'email_code' });
    expect(refused.body.errors[0].code).toBe('strategy_for_user_invalid');
    const { body } = await chrome.post(`${path}/prepare_second_factor`, { strategy: 'phone_code' });
    expect(body.response.second_factor_verification).toMatchObject({ status: 'unverified', channel: 'sms' });
    expect((await attempt('phone_code', '424242')).body.response.status).toBe('complete');
  });
});

describe('FAPI resetPassword', () => {
  async function awaitingNewPassword() {
    const { email, browser: other, sessionId } = await given.signedInBrowser();
    const chrome = browser();
    const { body } = await chrome.post(SIGN_INS, { identifier: email, strategy: 'reset_password_email_code' });
    const path = `${SIGN_INS}/${body.response.id}`;
    const attempted = await chrome.post(`${path}/attempt_first_factor`, {
      strategy: 'reset_password_email_code',
      code: '424242',
    });
    return { chrome, email, path, other, sessionId, attempted };
  }

  it('gives a new password after a code, signs in, and signs out elsewhere when asked', async () => {
    const { chrome, email, path, other, attempted } = await awaitingNewPassword();
    expect(attempted.body.response.status).toBe('needs_new_password');

    const password = 'an entirely different 81';
    const { status, body } = await chrome.post(`${path}/reset_password`, {
      password,
      sign_out_of_other_sessions: true,
    });

    expect(status).toBe(200);
    expect(body.response.status).toBe('complete');
    expect((await other.get('/v1/client')).body.response.sessions).toEqual([]);
    const old = await browser().post(SIGN_INS, { identifier: email, password: PASSWORD });
    expect(old.body.errors[0].code).toBe('form_password_incorrect');
    const renewed = await browser().post(SIGN_INS, { identifier: email, password });
    expect(renewed.body.response.status).toBe('complete');
  });

  it('proves nothing any more once the password was changed, or the address taken away', async () => {
    const changed = await awaitingNewPassword();
    clock.advance(1000);
    const new_password = 'their own new secret 17';
    await changed.other.post('/v1/me/change_password', { current_password: PASSWORD, new_password });
    const stored = await changed.chrome.post(`${changed.path}/reset_password`, {
      password: 'an entirely different 81',
    });
    expect([stored.status, stored.body.errors[0].code]).toEqual([400, 'verification_expired']);

    const removed = await awaitingNewPassword();
    const late = browser();
    const { body } = await late.post(SIGN_INS, { identifier: removed.email, strategy: 'email_code' });
    const { response: me } = (await removed.other.get('/v1/me')).body;
    await bapi.post('/v1/email_addresses', {
      user_id: me.id,
      email_address: testEmail(),
      verified: true,
      primary: true,
    });
    expect((await bapi.delete(`/v1/email_addresses/${me.email_addresses[0].id}`)).status).toBe(200);
    const gone = await removed.chrome.post(`${removed.path}/reset_password`, { password: 'an entirely different 81' });
    expect([gone.status, gone.body.errors[0].code]).toEqual([400, 'verification_expired']);
    const code = await late.post(`${SIGN_INS}/${body.response.id}/attempt_first_factor`, {
      strategy: 'email_code',
      code: '424242',
    });
    expect([code.status, code.body.errors[0].code]).toEqual([400, 'strategy_for_user_invalid']);
  });

  it('refuses a weak password, and stays where it was', async () => {
    const { chrome, path } = await awaitingNewPassword();

    const { status, body } = await chrome.post(`${path}/reset_password`, { password: 'short' });

    expect(status).toBe(422);
    expect(body.errors[0].code).toBe('form_password_length_too_short');
    expect((await chrome.get(path)).body.response.status).toBe('needs_new_password');
  });

  it('refuses a sign-in without a reset code', async () => {
    const { chrome, path } = await awaitingCode();

    // Before it looks at the password, which is dear.
    for (const password of [PASSWORD, 'short']) {
      const { status, body } = await chrome.post(`${path}/reset_password`, { password });
      expect([status, body.errors[0].code]).toEqual([400, 'verification_missing']);
    }
  });

  it('refuses a sign-in that is complete', async () => {
    const { chrome, path } = await awaitingNewPassword();
    const reset = (password: string) => chrome.post(`${path}/reset_password`, { password });
    await reset('an entirely different 81');

    expect((await reset('short')).body.errors[0].code).toBe('verification_already_verified');
  });
});

describe('passwords of any length', () => {
  it('are refused everywhere, before they are hashed, when they are longer than any instance allows', async () => {
    const { email, browser: chrome, sessionId } = await given.signedInBrowser();
    const signingIn = browser();
    const { body } = await signingIn.post(SIGN_INS, { identifier: email });
    const long = 'x'.repeat(4097);

    for (const [by, path, fields] of [
      [browser(), SIGN_INS, { identifier: email, password: long }],
      [signingIn, `${SIGN_INS}/${body.response.id}/attempt_first_factor`, { strategy: 'password', password: long }],
      [signingIn, `${SIGN_INS}/${body.response.id}/reset_password`, { password: long }],
      [browser(), '/v1/client/sign_ups', { email_address: testEmail(), password: long }],
      [chrome, '/v1/me/change_password', { new_password: PASSWORD, current_password: long }],
      [
        chrome,
        `/v1/client/sessions/${sessionId}/verify/attempt_first_factor`,
        { strategy: 'password', password: long },
      ],
    ] as const) {
      const reply = await by.post(path, fields);
      expect([path, reply.status, reply.body.errors[0].code]).toEqual([path, 422, 'form_password_length_too_long']);
    }
  });
});

describe('several sessions on one client', () => {
  it('refuses whom it has, naming the session, and lets another user in', async () => {
    const other = await latchkey.anotherInstance({ settings: { sessions: { single_session_mode: false } } });
    const { browser: chrome, email, sessionId } = await other.given.signedInBrowser();
    const { email: second } = await other.given.signedInBrowser();

    const refused = await chrome.post(SIGN_INS, { identifier: email, password: PASSWORD });
    expect(refused.status).toBe(400);
    expect(refused.body.errors[0]).toMatchObject({
      code: 'identifier_already_signed_in',
      meta: { session_id: sessionId },
    });
    const { body } = await chrome.post(SIGN_INS, { identifier: second, password: PASSWORD });
    expect(body.client.sessions).toHaveLength(2);
  });
});

describe('enumeration protection', () => {
  it('answers alike for an account and for none', async () => {
    const other = await latchkey.anotherInstance({
      settings: { attack_protection: { enumeration_protection: { enabled: true } } },
    });
    const { email } = await other.given.signedInBrowser();
    const nobody = testEmail();
    const shape = async (identifier: string) => {
      const chrome = other.browser();
      const { body } = await chrome.post(SIGN_INS, { identifier });
      const path = `${SIGN_INS}/${body.response.id}`;
      const factor = body.response.supported_first_factors[1];
      const chosen = { strategy: 'email_code', email_address_id: factor.email_address_id };
      const prepared = await chrome.post(`${path}/prepare_first_factor`, chosen);
      const wrong = await chrome.post(`${path}/attempt_first_factor`, { strategy: 'email_code', code: '111111' });
      const password = await other.browser().post(SIGN_INS, { identifier, password: 'not the right one' });
      const seen = JSON.stringify([body.response, prepared.body.response, wrong.body.errors, password.body.errors]);
      return seen
        .replaceAll(identifier, '<identifier>')
        .replaceAll(`${identifier[0]}*****`, '<masked>')
        .replaceAll(/"(sia|idn)_[0-9A-Za-z]{27}"/g, '"$1"')
        .replaceAll(/\d{13}/g, '<time>');
    };

    const [known, unknown] = [await shape(email), await shape(nobody)];

    expect(unknown).toBe(known);
    expect(known).toContain('form_password_or_identifier_incorrect');
    const right = await other.browser().post(SIGN_INS, { identifier: email, password: PASSWORD });
    expect(right.body.response.status).toBe('complete');
  });
});

/** The code in the newest message to somebody, once it is another than `before`. */
async function newCode(to: string, before: string): Promise<string> {
  return until(`a second code for ${to}`, async () => {
    const code = await latchkey.codeFor(to);
    return code !== before && code;
  });
}
