import { PASSWORD, testEmail, useLatchkey, type TestBrowser } from '@latchkey/testing';

const { clock, given, anotherInstance } = useLatchkey({
  settings: {
    attributes: {
      username: { enabled: true },
      phone_number: { enabled: true },
      authenticator_app: { enabled: true },
      backup_code: { enabled: true },
    },
  },
});

const STALE_MS = 11 * 60_000;

const sensitive: Record<
  string,
  (chrome: TestBrowser) => Promise<{ status: number; body: { errors: { code: string }[] } }>
> = {
  'a username': (chrome) => chrome.patch('/v1/me', { username: 'somebody' }),
  'a primary address': (chrome) => chrome.patch('/v1/me', { primary_email_address_id: 'idn_1' }),
  'a new address': (chrome) => chrome.post('/v1/me/email_addresses', { email_address: testEmail() }),
  'an address that goes': (chrome) => chrome.delete('/v1/me/email_addresses/idn_1'),
  'a new number': (chrome) => chrome.post('/v1/me/phone_numbers', { phone_number: '+12015550100' }),
  'a number as second factor': (chrome) =>
    chrome.patch('/v1/me/phone_numbers/idn_1', { reserved_for_second_factor: true }),
  'a number that goes': (chrome) => chrome.delete('/v1/me/phone_numbers/idn_1'),
  'another password': (chrome) =>
    chrome.post('/v1/me/change_password', { current_password: PASSWORD, new_password: 'something new 12' }),
  'a password that goes': (chrome) => chrome.post('/v1/me/remove_password', { current_password: PASSWORD }),
  'an app': (chrome) => chrome.post('/v1/me/totp'),
  'an app that goes': (chrome) => chrome.delete('/v1/me/totp'),
  'backup codes': (chrome) => chrome.post('/v1/me/backup_codes'),
  "a device's sign-out": (chrome) => chrome.post('/v1/me/sessions/sess_1/revoke'),
  'the end of the account': (chrome) => chrome.delete('/v1/me'),
};

describe('FAPI operations that only the user themself should do', () => {
  it('ask for a proof that is no older than ten minutes', async () => {
    const { browser: chrome } = await given.signedInBrowser();
    clock.advance(STALE_MS);

    for (const [name, call] of Object.entries(sensitive)) {
      const { status, body } = await call(chrome);
      expect([name, status, body.errors[0]?.code]).toEqual([name, 403, 'session_reverification_required']);
    }
  });

  it('let names be changed at any time, and everything where the instance asks for no proof', async () => {
    const { browser: chrome } = await given.signedInBrowser();
    const other = await anotherInstance({ settings: { sessions: { reverification: false } } });
    const elsewhere = await other.given.signedInBrowser();
    clock.advance(STALE_MS);

    expect((await chrome.patch('/v1/me', { first_name: 'Ada' })).status).toBe(200);
    expect((await elsewhere.browser.delete('/v1/me')).status).toBe(200);
  });
});
