import { PASSWORD, useLatchkey, type TestInstance } from '@latchkey/testing';
import { decodeJwt } from 'jose';
import { generateSync } from 'otplib';

const latchkey = useLatchkey({ settings: { attack_protection: { user_lockout: { max_attempts: 4 } } } });
const { given, clock, browser } = latchkey;

const refusal = ({ status, body }: { status: number; body: { errors: { code: string }[] } }) => ({
  status,
  code: body.errors[0]?.code,
});

/** Somebody whose sign-in is an hour ago. */
async function old() {
  const known = await given.signedInBrowser();
  clock.advance(3_601_000);
  const path = `/v1/client/sessions/${known.sessionId}`;
  const post = (rest: string, fields: Record<string, string> = {}) => known.browser.post(path + rest, fields);
  const fva = async () => decodeJwt((await post('/tokens')).body.jwt).fva;
  return { ...known, post, fva };
}

describe('FAPI startSessionReverification', () => {
  it('asks a user without a second factor for the first, whatever level is asked', async () => {
    const { post, sessionId, fva } = await old();

    const { status, body } = await post('/verify', { level: 'second_factor' });

    expect(status).toBe(200);
    expect(body.response).toMatchObject({
      object: 'session_reverification',
      level: 'first_factor',
      status: 'needs_first_factor',
      session: { id: sessionId },
      supported_second_factors: [],
      first_factor_verification: null,
    });
    const strategies = (body.response.supported_first_factors as { strategy: string }[]).map(
      ({ strategy }) => strategy,
    );
    expect(strategies).toEqual(['password', 'email_code']);
    expect(await fva()).toEqual([60, -1]);
  });

  it("does not find another client's session", async () => {
    const { sessionId } = await old();
    const other = await old();

    const verify = (of: typeof other.browser) => of.post(`/v1/client/sessions/${sessionId}/verify`);
    expect(refusal(await verify(other.browser))).toEqual({ status: 404, code: 'resource_not_found' });
    expect(refusal(await verify(browser()))).toEqual({ status: 404, code: 'resource_not_found' });
  });

  it('refuses a level that there is not', async () => {
    const { post } = await old();
    expect(refusal(await post('/verify', { level: 'third_factor' }))).toEqual({
      status: 422,
      code: 'form_param_value_invalid',
    });
  });
});

describe('FAPI attemptSessionReverificationFirstFactor', () => {
  it('takes the password, after which tokens say so', async () => {
    const { post, fva } = await old();
    await post('/verify', { level: 'first_factor' });

    const { status, body } = await post('/verify/attempt_first_factor', { strategy: 'password', password: PASSWORD });

    expect(status).toBe(200);
    expect(body.response).toMatchObject({
      status: 'complete',
      first_factor_verification: { status: 'verified', strategy: 'password' },
      session: { factor_verification_age: [0, -1] },
    });
    expect(await fva()).toEqual([0, -1]);
  });

  it('counts wrong passwords until the account is locked', async () => {
    const { post, fva } = await old();
    await post('/verify', { level: 'first_factor' });
    const attempt = (password: string) => post('/verify/attempt_first_factor', { strategy: 'password', password });

    const replies = [];
    for (let time = 0; time < 4; time++) replies.push(await attempt('not the password'));

    expect(replies.map(refusal)).toEqual(Array(4).fill({ status: 422, code: 'form_password_incorrect' }));
    expect(refusal(await attempt(PASSWORD))).toEqual({ status: 403, code: 'user_locked' });
    expect(await fva()).toEqual([60, -1]);
  });

  it('wants to be started, and then that step only', async () => {
    const { post } = await old();
    const attempt = () => post('/verify/attempt_first_factor', { strategy: 'password', password: PASSWORD });

    expect(refusal(await attempt())).toEqual({ status: 400, code: 'session_reverification_missing' });
    await post('/verify');
    expect((await attempt()).status).toBe(200);
    expect(refusal(await attempt())).toEqual({ status: 400, code: 'invalid_action_for_session_reverification' });
  });

  it('is over after ten minutes', async () => {
    const { post } = await old();
    await post('/verify');
    clock.advance(601_000);

    const late = await post('/verify/attempt_first_factor', { strategy: 'password', password: PASSWORD });
    expect(refusal(late)).toEqual({ status: 400, code: 'session_reverification_missing' });
  });

  it.each([
    [{ strategy: 'password' }, 422, 'form_param_missing'],
    [{ strategy: 'passkey' }, 400, 'verification_strategy_invalid'],
    [{ strategy: 'email_code', code: '424242' }, 400, 'verification_missing'],
  ])('refuses %j', async (fields, status, code) => {
    const { post } = await old();
    await post('/verify');

    expect(refusal(await post('/verify/attempt_first_factor', fields))).toEqual({ status, code });
  });
});

describe('FAPI prepareSessionReverificationFirstFactor', () => {
  it('sends a code, which is good once', async () => {
    const { post, fva } = await old();
    await post('/verify');

    const prepared = await post('/verify/prepare_first_factor', { strategy: 'email_code' });
    const wrong = await post('/verify/attempt_first_factor', { strategy: 'email_code', code: '000000' });
    const right = await post('/verify/attempt_first_factor', { strategy: 'email_code', code: '424242' });

    expect(prepared.body.response.first_factor_verification).toMatchObject({
      status: 'unverified',
      strategy: 'email_code',
    });
    expect(refusal(wrong)).toEqual({ status: 422, code: 'form_code_incorrect' });
    expect(right.body.response.status).toBe('complete');
    expect(await fva()).toEqual([0, -1]);
  });

  it("sends none to somebody else's address, nor by a way that the user has not", async () => {
    const { post } = await old();
    await post('/verify');
    const prepare = (fields: Record<string, string>) => post('/verify/prepare_first_factor', fields);
    const invalid = { status: 400, code: 'strategy_for_user_invalid' };

    expect(refusal(await prepare({ strategy: 'email_code', email_address_id: 'idn_other' }))).toEqual(invalid);
    expect(refusal(await prepare({ strategy: 'phone_code' }))).toEqual(invalid);
    expect(refusal(await prepare({ strategy: 'password' }))).toEqual(invalid);
  });
});

describe('FAPI prepareSessionReverificationSecondFactor', () => {
  it('is not the step of a user without a second factor', async () => {
    const { post } = await old();
    await post('/verify', { level: 'multi_factor' });

    expect(refusal(await post('/verify/prepare_second_factor', { strategy: 'phone_code' }))).toEqual({
      status: 400,
      code: 'invalid_action_for_session_reverification',
    });
  });
});

let phones = 0;
const SECRET = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP';

describe('with second factors', () => {
  let instance: TestInstance;
  beforeAll(async () => {
    const factor = { enabled: true, used_for_second_factor: true };
    const attributes = {
      authenticator_app: factor,
      backup_code: factor,
      phone_number: { ...factor, second_factors: ['phone_code'] },
    };
    instance = await latchkey.anotherInstance({ settings: { attributes } });
  });

  const totp = () => generateSync({ secret: SECRET, epoch: Math.floor(clock.now().getTime() / 1000) });

  /** Somebody with an authenticator app, whose sign-in is an hour ago. */
  async function oldWithApp() {
    const { email } = await instance.given.user({ totp_secret: SECRET, backup_codes: ['abcdefgh'] });
    const chrome = instance.browser();
    const { body } = await chrome.post('/v1/client/sign_ins', { identifier: email, password: PASSWORD });
    const path = `/v1/client/sign_ins/${body.response.id}/attempt_second_factor`;
    const done = await chrome.post(path, { strategy: 'totp', code: totp() });
    const id = done.body.response.created_session_id as string;
    clock.advance(3_601_000);
    const post = (rest: string, fields: Record<string, string> = {}) =>
      chrome.post(`/v1/client/sessions/${id}${rest}`, fields);
    return { post, fva: async () => decodeJwt((await post('/tokens')).body.jwt).fva };
  }

  describe('FAPI prepareSessionReverificationSecondFactor', () => {
    /** Somebody whose second factor is a number, and whose sign-in is an hour ago. */
    async function oldWithPhone() {
      const number = `+1201555${String(100 + phones++).padStart(4, '0')}`;
      const { id: userId, email } = await instance.given.user();
      const added = await instance.bapi.post('/v1/phone_numbers', {
        user_id: userId,
        phone_number: number,
        verified: true,
        reserved_for_second_factor: true,
      });
      const chrome = instance.browser();
      const { body } = await chrome.post('/v1/client/sign_ins', { identifier: email, password: PASSWORD });
      const path = `/v1/client/sign_ins/${body.response.id}`;
      await chrome.post(`${path}/prepare_second_factor`, { strategy: 'phone_code' });
      const done = await chrome.post(`${path}/attempt_second_factor`, { strategy: 'phone_code', code: '424242' });
      const id = done.body.response.created_session_id as string;
      clock.advance(3_601_000);
      const post = (rest: string, fields: Record<string, string> = {}) =>
        chrome.post(`/v1/client/sessions/${id}${rest}`, fields);
      return {
        post,
        numberId: added.body.id as string,
        fva: async () => decodeJwt((await post('/tokens')).body.jwt).fva,
      };
    }

    it('sends a code to the number, which is good for the second factor alone', async () => {
      const { post, numberId, fva } = await oldWithPhone();
      await post('/verify', { level: 'second_factor' });

      const { status, body } = await post('/verify/prepare_second_factor', {
        strategy: 'phone_code',
        phone_number_id: numberId,
      });

      expect(status).toBe(200);
      expect(body.response).toMatchObject({
        status: 'needs_second_factor',
        second_factor_verification: { status: 'unverified', strategy: 'phone_code' },
      });
      const done = await post('/verify/attempt_second_factor', { strategy: 'phone_code', code: '424242' });
      expect(done.body.response.status).toBe('complete');
      expect(await fva()).toEqual([60, 0]);
    });

    it("refuses somebody else's number", async () => {
      const { post } = await oldWithPhone();
      await post('/verify', { level: 'second_factor' });

      const prepared = await post('/verify/prepare_second_factor', { phone_number_id: 'idn_other' });
      expect(refusal(prepared)).toEqual({ status: 400, code: 'strategy_for_user_invalid' });
    });
  });

  describe('FAPI attemptSessionReverificationSecondFactor', () => {
    it('takes the code of the app', async () => {
      const { post, fva } = await oldWithApp();
      const started = await post('/verify', { level: 'second_factor' });
      expect(started.body.response).toMatchObject({ level: 'second_factor', status: 'needs_second_factor' });

      const wrong = await post('/verify/attempt_second_factor', { strategy: 'totp', code: '000000' });
      const right = await post('/verify/attempt_second_factor', { strategy: 'totp', code: totp() });

      expect(refusal(wrong)).toEqual({ status: 422, code: 'form_code_incorrect' });
      expect(right.body.response).toMatchObject({
        status: 'complete',
        second_factor_verification: { strategy: 'totp' },
      });
      expect(await fva()).toEqual([60, 0]);
    });

    it('wants both factors at the highest level', async () => {
      const { post, fva } = await oldWithApp();
      await post('/verify', { level: 'multi_factor' });

      const first = await post('/verify/attempt_first_factor', { strategy: 'password', password: PASSWORD });
      const second = await post('/verify/attempt_second_factor', { strategy: 'backup_code', code: 'ABCDEFGH' });

      expect(first.body.response.status).toBe('needs_second_factor');
      expect(second.body.response.status).toBe('complete');
      expect(await fva()).toEqual([0, 0]);
    });

    it('refuses a factor that the user has not', async () => {
      const { post } = await oldWithApp();
      await post('/verify', { level: 'second_factor' });

      const attempt = await post('/verify/attempt_second_factor', { strategy: 'phone_code', code: '424242' });
      expect(refusal(attempt)).toEqual({ status: 400, code: 'no_second_factors' });
    });
  });
});
