import { useLatchkey } from '@latchkey/testing';
import { generateSync } from 'otplib';

const { bapi, given, events, clock, anotherInstance } = useLatchkey({
  settings: {
    attributes: {
      authenticator_app: { enabled: true, used_for_second_factor: true, second_factors: ['totp'] },
      backup_code: { enabled: true, used_for_second_factor: true, second_factors: ['backup_code'] },
    },
  },
});

const codeOf = (body: { errors: { code: string }[] }) => body.errors[0]!.code;
const codeFor = (secret: string) => generateSync({ secret, epoch: Math.floor(clock.now().getTime() / 1000) });

/** A signed-in user with an authenticator app. */
async function withApp() {
  const signedIn = await given.signedInBrowser();
  const { body } = await signedIn.browser.post('/v1/me/totp');
  const secret = String(body.response.secret);
  const verified = await signedIn.browser.post('/v1/me/totp/attempt_verification', { code: codeFor(secret) });
  return { ...signedIn, secret, backupCodes: verified.body.response.backup_codes as string[] };
}

describe('FAPI postTOTP', () => {
  it('shows a secret for an authenticator app, a new one each time until it is proved', async () => {
    const { browser: chrome, userId, email } = await given.signedInBrowser();

    const first = await chrome.post('/v1/me/totp');
    const second = await chrome.post('/v1/me/totp');

    expect(first.status).toBe(200);
    expect(first.body.response).toMatchObject({
      object: 'totp',
      verified: false,
      secret: expect.stringMatching(/^[A-Z2-7]{32}$/),
    });
    expect(decodeURIComponent(first.body.response.uri)).toContain(email);
    expect(second.body.response.secret).not.toBe(first.body.response.secret);
    expect((await bapi.get(`/v1/users/${userId}`)).body.totp_enabled).toBe(false);
  });

  it('is refused while an app is set up, and where apps are turned off', async () => {
    const { browser: chrome } = await withApp();
    const other = await anotherInstance();
    const elsewhere = await other.given.signedInBrowser();

    const again = await chrome.post('/v1/me/totp');
    const off = await elsewhere.browser.post('/v1/me/totp');

    expect([again.status, codeOf(again.body)]).toEqual([400, 'totp_already_enabled']);
    expect([off.status, codeOf(off.body)]).toEqual([403, 'feature_not_enabled']);
  });
});

describe('FAPI verifyTOTP', () => {
  it('proves the app, and gives backup codes with it', async () => {
    const { browser: chrome, userId } = await given.signedInBrowser();
    const { body } = await chrome.post('/v1/me/totp');

    const wrong = await chrome.post('/v1/me/totp/attempt_verification', { code: '000000' });
    const right = await chrome.post('/v1/me/totp/attempt_verification', { code: codeFor(body.response.secret) });

    expect([wrong.status, codeOf(wrong.body)]).toEqual([422, 'form_code_incorrect']);
    expect(right.status).toBe(200);
    expect(right.body.response).toMatchObject({ object: 'totp', verified: true, secret: null });
    expect(right.body.response.backup_codes).toHaveLength(10);
    expect((await bapi.get(`/v1/users/${userId}`)).body).toMatchObject({
      totp_enabled: true,
      backup_code_enabled: true,
      two_factor_enabled: true,
      mfa_enabled_at: expect.any(Number),
    });
    expect(await events.of('user.updated', userId)).toHaveLength(1);
  });

  it('refuses a code without a secret', async () => {
    const { browser: chrome } = await given.signedInBrowser();

    expect((await chrome.post('/v1/me/totp/attempt_verification', { code: '000000' })).status).toBe(404);
  });
});

describe('FAPI deleteTOTP', () => {
  it('takes the app away, and the backup codes with the last factor', async () => {
    const { browser: chrome, userId } = await withApp();

    const { status, body } = await chrome.delete('/v1/me/totp');

    expect(status).toBe(200);
    expect(body.response).toMatchObject({ object: 'totp', deleted: true });
    expect((await bapi.get(`/v1/users/${userId}`)).body).toMatchObject({
      two_factor_enabled: false,
      backup_code_enabled: false,
      mfa_disabled_at: expect.any(Number),
    });
    expect((await chrome.delete('/v1/me/totp')).status).toBe(404);
  });

  it('is refused where everybody needs a second factor', async () => {
    const other = await anotherInstance({
      settings: { attributes: { authenticator_app: { enabled: true } }, sign_in: { second_factor_required: true } },
    });
    const { browser: chrome } = await other.given.signedInBrowser();
    const { body } = await chrome.post('/v1/me/totp');
    await chrome.post('/v1/me/totp/attempt_verification', { code: codeFor(body.response.secret) });

    const { status, body: refused } = await chrome.delete('/v1/me/totp');

    expect([status, codeOf(refused)]).toEqual([400, 'second_factor_deletion_not_allowed']);
  });
});

describe('FAPI createBackupCodes', () => {
  it('makes new codes; those before are void', async () => {
    const { browser: chrome, userId, backupCodes } = await withApp();

    const { status, body } = await chrome.post('/v1/me/backup_codes');

    expect(status).toBe(200);
    expect(body.response).toMatchObject({ object: 'backup_code', codes: expect.any(Array) });
    const verify = async (code: string) => (await bapi.post(`/v1/users/${userId}/verify_totp`, { code })).status;
    expect([await verify(backupCodes[0]!), await verify(body.response.codes[0])]).toEqual([422, 200]);
  });

  it('is refused without another second factor, and where codes are turned off', async () => {
    const { browser: chrome } = await given.signedInBrowser();
    const other = await anotherInstance();
    const elsewhere = await other.given.signedInBrowser();

    const alone = await chrome.post('/v1/me/backup_codes');
    const off = await elsewhere.browser.post('/v1/me/backup_codes');

    expect([alone.status, codeOf(alone.body)]).toEqual([400, 'backup_codes_not_available']);
    expect([off.status, codeOf(off.body)]).toEqual([403, 'feature_not_enabled']);
  });
});
