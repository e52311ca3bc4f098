import { createHash } from 'node:crypto';
import { PASSWORD, testEmail, useLatchkey } from '@latchkey/testing';
import bcrypt from 'bcrypt';
import { generateSync } from 'otplib';

const { bapi, given, events, clock, anotherInstance } = useLatchkey({
  settings: { attributes: { phone_number: { enabled: true } } },
});

const SECRET = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP';
const codeNow = () => generateSync({ secret: SECRET, epoch: Math.floor(clock.now().getTime() / 1000) });

const withMfa = (fields: object = {}) =>
  given.user({ totp_secret: SECRET, backup_codes: ['abcd1234', 'efgh5678'], ...fields });

describe('BAPI VerifyPassword', () => {
  it('tells the right password from a wrong one', async () => {
    const { id } = await given.user();

    const right = await bapi.post(`/v1/users/${id}/verify_password`, { password: PASSWORD });
    const wrong = await bapi.post(`/v1/users/${id}/verify_password`, { password: 'something else' });

    expect(right).toMatchObject({ status: 200, body: { verified: true } });
    expect(wrong.status).toBe(422);
    expect(wrong.body.errors[0].code).toBe('incorrect_password');
  });

  it.each(['', '$2y$'])('verifies an imported bcrypt digest (%s)', async (version) => {
    const digest = (await bcrypt.hash(PASSWORD, 4)).replace(/^\$2b\$/, version ? () => version : () => '$2b$');
    const { id } = await given.user({ password: null, password_digest: digest, password_hasher: 'bcrypt' });

    expect((await bapi.post(`/v1/users/${id}/verify_password`, { password: PASSWORD })).status).toBe(200);
    expect((await bapi.post(`/v1/users/${id}/verify_password`, { password: 'something else' })).status).toBe(422);
  });

  it('verifies an insecure digest before and after it is replaced', async () => {
    const digest = createHash('md5').update(PASSWORD).digest('hex');
    const { id } = await given.user({ password: null, password_digest: digest, password_hasher: 'md5' });

    for (const password of ['something else', PASSWORD, PASSWORD, 'something else'])
      expect((await bapi.post(`/v1/users/${id}/verify_password`, { password })).status).toBe(
        password === PASSWORD ? 200 : 422,
      );
  });

  it('refuses a user without a password, and knows no stranger', async () => {
    const { id } = await given.user({ password: null, skip_password_requirement: true });

    const none = await bapi.post(`/v1/users/${id}/verify_password`, { password: PASSWORD });

    expect(none.status).toBe(400);
    expect(none.body.errors[0].code).toBe('no_password_set');
    expect((await bapi.post('/v1/users/user_unknown/verify_password', { password: PASSWORD })).status).toBe(404);
  });
});

describe('BAPI VerifyTOTP', () => {
  it('accepts a code of the app once', async () => {
    const { id } = await withMfa();
    const code = codeNow();
    const verify = () => bapi.post(`/v1/users/${id}/verify_totp`, { code });

    const replies = await Promise.all([verify(), verify(), verify()]);

    expect(replies.map(({ status }) => status).sort()).toEqual([200, 422, 422]);
    expect(replies.find(({ status }) => status === 200)!.body).toEqual({ verified: true, code_type: 'totp' });
  });

  it('uses up a backup code', async () => {
    const { id } = await withMfa();
    const verify = () => bapi.post(`/v1/users/${id}/verify_totp`, { code: 'abcd1234' });

    const replies = await Promise.all([verify(), verify()]);

    expect(replies.map(({ status }) => status).sort()).toEqual([200, 422]);
    expect(replies.find(({ status }) => status === 200)!.body).toEqual({ verified: true, code_type: 'backup_code' });
  });

  it('takes a backup code however it is typed, as a sign-in does', async () => {
    const { id } = await withMfa();

    expect((await bapi.post(`/v1/users/${id}/verify_totp`, { code: 'ABCD1234' })).status).toBe(200);
  });

  it('accepts a backup code that was imported as a bcrypt digest', async () => {
    const { id } = await withMfa({ backup_codes: [await bcrypt.hash('zzzz9999', 4)] });

    expect((await bapi.post(`/v1/users/${id}/verify_totp`, { code: 'zzzz9999' })).status).toBe(200);
    expect((await bapi.get(`/v1/users/${id}`)).body.backup_code_enabled).toBe(false);
  });

  it.each([
    ['000000', 'totp_incorrect_code'],
    ['nonsense', 'totp_invalid_length'],
  ])('refuses %s', async (code, expected) => {
    const { id } = await withMfa();

    const { status, body } = await bapi.post(`/v1/users/${id}/verify_totp`, { code });

    expect(status).toBe(422);
    expect(body.errors[0].code).toBe(expected);
  });

  it('refuses a user without second factors', async () => {
    const { id } = await given.user();

    const { status, body } = await bapi.post(`/v1/users/${id}/verify_totp`, { code: '123456' });

    expect(status).toBe(400);
    expect(body.errors[0].code).toBe('totp_disabled');
  });
});

describe('BAPI DisableMFA', () => {
  it('takes every second factor away', async () => {
    const { id } = await withMfa();

    const { status, body } = await bapi.delete(`/v1/users/${id}/mfa`);

    expect(status).toBe(200);
    expect(body).toEqual({ user_id: id });
    const { body: user } = await bapi.get(`/v1/users/${id}`);
    expect(user).toMatchObject({ totp_enabled: false, backup_code_enabled: false, two_factor_enabled: false });
    expect(user.mfa_disabled_at).toEqual(expect.any(Number));
    expect(await events.of('user.updated', id)).toHaveLength(1);
  });

  it('knows no user of another instance', async () => {
    const { id } = await withMfa();
    const other = await anotherInstance();

    expect((await other.bapi.delete(`/v1/users/${id}/mfa`)).status).toBe(404);
  });
});

describe('BAPI DeleteTOTP', () => {
  it('takes the app away, and the backup codes with the last factor', async () => {
    const { id } = await withMfa();

    expect((await bapi.delete(`/v1/users/${id}/totp`)).body).toEqual({ user_id: id });
    expect((await bapi.get(`/v1/users/${id}`)).body).toMatchObject({ totp_enabled: false, backup_code_enabled: false });
  });

  it('changes and tells nothing of a user without an app', async () => {
    const { id } = await given.user();

    expect((await bapi.delete(`/v1/users/${id}/totp`)).status).toBe(200);
    expect(await events.of('user.updated', id)).toEqual([]);
  });
});

describe('BAPI DeleteBackupCode', () => {
  it('voids the codes', async () => {
    const { id } = await withMfa();

    expect((await bapi.delete(`/v1/users/${id}/backup_code`)).body).toEqual({ user_id: id });
    expect((await bapi.get(`/v1/users/${id}`)).body).toMatchObject({ totp_enabled: true, backup_code_enabled: false });
  });
});

describe('BAPI RemoveUserPassword', () => {
  it('takes the password away, and the sessions when asked to', async () => {
    const { userId } = await given.signedInBrowser();

    const { status, body } = await bapi.post(`/v1/users/${userId}/remove_password`, {
      sign_out_of_other_sessions: true,
    });

    expect(status).toBe(200);
    expect(body.password_enabled).toBe(false);
    expect(await events.of('session.revoked', userId)).toHaveLength(1);
  });

  it('changes and tells nothing of a user without a password', async () => {
    const { id } = await given.user({ password: null, skip_password_requirement: true });

    expect((await bapi.post(`/v1/users/${id}/remove_password`)).status).toBe(200);
    expect(await events.of('user.updated', id)).toEqual([]);
  });
});

describe('BAPI SetUserPasswordCompromised', () => {
  it('marks the password, and ends the sessions when asked to', async () => {
    const { userId } = await given.signedInBrowser();

    const { status } = await bapi.post(`/v1/users/${userId}/password/set_compromised`, { revoke_all_sessions: true });

    expect(status).toBe(200);
    expect(await events.of('user.updated', userId)).toHaveLength(1);
    expect(await events.of('session.revoked', userId)).toHaveLength(1);
  });

  it('refuses a user without a password, and an instance without passwords', async () => {
    const { id } = await given.user({ password: null, skip_password_requirement: true });
    const other = await anotherInstance({
      settings: { attributes: { password: { enabled: false, required: false } } },
    });
    const { body: there } = await other.bapi.post('/v1/users', { email_address: [testEmail()] });

    const none = await bapi.post(`/v1/users/${id}/password/set_compromised`);
    const off = await other.bapi.post(`/v1/users/${there.id}/password/set_compromised`);

    expect([none.status, none.body.errors[0].code]).toEqual([400, 'no_password_set']);
    expect([off.status, off.body.errors[0].code]).toEqual([403, 'password_disabled']);
  });
});

describe('BAPI UnsetUserPasswordCompromised', () => {
  it('takes the mark back', async () => {
    const { id } = await given.user();
    await bapi.post(`/v1/users/${id}/password/set_compromised`);

    expect((await bapi.post(`/v1/users/${id}/password/unset_compromised`)).status).toBe(200);
    expect(await events.of('user.updated', id)).toHaveLength(2);
  });
});

describe('sessions that are going on', () => {
  const statusOf = async (sessionId: string) => (await bapi.get(`/v1/sessions/${sessionId}`)).body.status;

  it('are pending once the password is said to be leaked, and active when that is taken back', async () => {
    const { userId, sessionId, browser } = await given.signedInBrowser();
    const path = `/v1/users/${userId}/password`;

    expect((await bapi.post(`${path}/set_compromised`)).status).toBe(200);

    expect(await statusOf(sessionId)).toBe('pending');
    const { body } = await browser.get('/v1/client');
    expect(body.response.sessions[0]).toMatchObject({ status: 'pending', tasks: [{ key: 'reset-password' }] });
    const [told] = await events.of('session.pending', userId);
    expect(told!.data).toMatchObject({ id: sessionId, tasks: [{ key: 'reset-password' }] });

    await bapi.post(`${path}/unset_compromised`);
    expect(await statusOf(sessionId)).toBe('active');
  });

  it.each(['mfa', 'totp'])('are pending where a second factor is required and is deleted: %s', async (factor) => {
    const strict = await anotherInstance({
      settings: {
        sign_up: { mfa_required: true },
        attributes: { authenticator_app: { enabled: true, used_for_second_factor: true, second_factors: ['totp'] } },
      },
    });
    const { id, email } = await strict.given.user({ totp_secret: SECRET });
    const browser = strict.browser();
    const { body } = await browser.post('/v1/client/sign_ins', { identifier: email, password: PASSWORD });
    const path = `/v1/client/sign_ins/${body.response.id}/attempt_second_factor`;
    const { body: done } = await browser.post(path, { strategy: 'totp', code: codeNow() });
    const sessionId = done.response.created_session_id as string;
    const shown = async () => (await strict.bapi.get(`/v1/sessions/${sessionId}`)).body;
    expect((await shown()).status).toBe('active');

    expect((await strict.bapi.delete(`/v1/users/${id}/${factor}`)).status).toBe(200);

    expect(await shown()).toMatchObject({ status: 'pending', tasks: [{ key: 'setup-mfa' }] });
    const { body: seen } = await browser.get('/v1/client');
    expect(seen.response.sessions[0].tasks).toEqual([{ key: 'setup-mfa' }]);
  });
});
