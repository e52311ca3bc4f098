import { randomUUID } from 'node:crypto';
import { testEmail, useLatchkey, type TestBrowser, type TestInstance, until } from '@latchkey/testing';

const settings = {
  attributes: {
    email_address: { first_factors: ['email_code', 'email_link'], verifications: ['email_code', 'email_link'] },
    password: { required: false },
  },
  sessions: { reverification: false },
};
const latchkey = useLatchkey({ settings, env: { GATEWAY_TRUSTED_PROXIES: 'true' } });
const { anotherInstance, bapi, browser, clock, given } = latchkey;

const SIGN_INS = '/v1/client/sign_ins';
const SIGN_UPS = '/v1/client/sign_ups';
const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
/** Codes of an hour to one address: those that one caller asks for, and all. */
const MOST_PER_HOUR = 10;
const MOST_IN_ALL = 30;
const TOO_SOON = [429, 'verification_code_too_many_requests'];
const SPENT = [429, 'verification_code_rate_limit_exceeded'];

type Reply = Awaited<ReturnType<TestBrowser['post']>>;
const outcome = ({ status, body }: Reply) => [status, body.errors?.[0].code];
const realEmail = () => `${randomUUID()}@example.com`;
const mailsTo = (to: string) => latchkey.inbox.list({ to }).length;
/** The code in the last of so many mails to somebody. */
async function codeOf(to: string, count: number): Promise<string> {
  await until(`${count} mails for ${to}`, () => mailsTo(to) >= count);
  return latchkey.codeFor(to);
}

/** A sign-up that waits for a code; `prepare` asks for one. */
async function signingUp(
  email_address = realEmail(),
  { browser: open }: Pick<TestInstance, 'browser'> = latchkey,
  address?: string,
) {
  const chrome = open(undefined, address);
  const { body } = await chrome.post(SIGN_UPS, { email_address });
  const path = `${SIGN_UPS}/${body.response.id}`;
  return {
    email_address,
    prepare: (strategy = 'email_code') => chrome.post(`${path}/prepare_verification`, { strategy }),
    attempt: (code: string) => chrome.post(`${path}/attempt_verification`, { strategy: 'email_code', code }),
  };
}

/** A signed-in user who proves another address. */
async function adding(email_address = realEmail()) {
  const signedIn = await given.signedInBrowser();
  const { body } = await signedIn.browser.post('/v1/me/email_addresses', { email_address });
  const path = `/v1/me/email_addresses/${body.response.id}`;
  return {
    ...signedIn,
    id: String(body.response.id),
    prepare: (fields: object = { strategy: 'email_code' }) =>
      signedIn.browser.post(`${path}/prepare_verification`, fields as Record<string, string>),
    attempt: (code: string) => signedIn.browser.post(`${path}/attempt_verification`, { code }),
  };
}

describe('FAPI prepareSignUpsVerification: limits', () => {
  it('sends the next code after half a minute, and says how long to wait', async () => {
    const { email_address, prepare } = await signingUp();
    expect((await prepare()).status).toBe(200);
    await latchkey.codeFor(email_address);
    clock.advance(10 * SECOND_MS);

    const early = await prepare();
    clock.advance(20 * SECOND_MS);

    expect(outcome(early)).toEqual(TOO_SOON);
    // The machine's own time goes on besides.
    const wait = Number(early.headers['retry-after']);
    expect(wait).toBeGreaterThan(0);
    expect(wait).toBeLessThanOrEqual(20);
    expect((await prepare()).status).toBe(200);
  });

  it('lets whoever was refused go on with the code they have', async () => {
    const { email_address, prepare, attempt } = await signingUp();
    await prepare();
    const code = await latchkey.codeFor(email_address);
    await prepare();

    expect((await attempt(code)).body.response.status).toBe('complete');
  });

  it('lets another strategy follow at once', async () => {
    const { prepare } = await signingUp();

    expect([await prepare(), await prepare('email_link'), await prepare()].map(({ status }) => status)).toEqual([
      200, 200, 200,
    ]);
  });

  /** Asks for codes to an address at once, each in a sign-up of its own. */
  const ask = async (count: number, email: string, from?: string) => {
    const attempts = await Promise.all(Array.from({ length: count }, () => signingUp(email, latchkey, from)));
    return Promise.all(attempts.map(({ prepare }) => prepare()));
  };
  const refusedOf = (replies: Reply[]) => replies.filter(({ status }) => status !== 200);

  it('sends an address no more than ten an hour for one caller', async () => {
    const email = realEmail();

    const refused = refusedOf(await ask(MOST_PER_HOUR + 3, email));

    expect(refused.map(outcome)).toEqual([SPENT, SPENT, SPENT]);
    expect(Number(refused[0]!.headers['retry-after'])).toBe(3600);
    clock.advance(59 * MINUTE_MS);
    expect(refusedOf(await ask(1, email)).map(outcome)).toEqual([SPENT]);
    clock.advance(MINUTE_MS);
    expect(refusedOf(await ask(1, email))).toEqual([]);
  });

  it("sends an address's owner a code when somebody else has used up their share", async () => {
    const email = realEmail();
    expect(refusedOf(await ask(MOST_PER_HOUR + 1, email, '203.0.113.1'))).toHaveLength(1);

    const owner = await signingUp(email, latchkey, '198.51.100.1');

    expect((await owner.prepare()).status).toBe(200);
    expect((await owner.attempt(await codeOf(email, MOST_PER_HOUR + 1))).body.response.status).toBe('complete');
  });

  it('takes an IPv6 network for one caller', async () => {
    const email = realEmail();
    expect(refusedOf(await ask(MOST_PER_HOUR, email, '2001:db8:0:1::1'))).toEqual([]);

    expect(refusedOf(await ask(1, email, '2001:db8:0:1:2:3:4:5')).map(outcome)).toEqual([SPENT]);
    expect(refusedOf(await ask(1, email, '2001:db8:0:2::1'))).toEqual([]);
  });

  it('sends an address no more than thirty an hour, whoever asks', async () => {
    const email = realEmail();
    const callers = [1, 2, 3, 4, 5];
    const most = MOST_IN_ALL / callers.length + 1;

    const replies = await Promise.all(callers.map((caller) => ask(most, email, `203.0.113.${caller}`)));

    expect(refusedOf(replies.flat()).map(outcome)).toEqual(callers.map(() => SPENT));
    expect(refusedOf(await ask(1, email, '198.51.100.1')).map(outcome)).toEqual([SPENT]);
    clock.advance(60 * MINUTE_MS);
    expect(refusedOf(await ask(1, email, '198.51.100.1'))).toEqual([]);
  });

  it('leaves test addresses, and other addresses, alone', async () => {
    const { prepare } = await signingUp(testEmail());

    for (let n = 0; n < MOST_PER_HOUR + 2; n++) expect((await prepare()).status).toBe(200);
  });

  it('keeps the last two codes besides the new one, and counts what was guessed against them', async () => {
    const { email_address, prepare, attempt } = await signingUp();
    const codes: string[] = [];
    for (let n = 0; n < 4; n++) {
      await prepare();
      clock.advance(30 * SECOND_MS);
      codes.push(await codeOf(email_address, n + 1));
    }
    const wrong = codes.includes('000000') ? '000001' : '000000';

    expect(outcome(await attempt(codes[0]!))).toEqual([422, 'form_code_incorrect']);
    expect(outcome(await attempt(wrong))).toEqual([422, 'form_code_incorrect']);
    await prepare();
    expect(outcome(await attempt(wrong))).toEqual([422, 'form_code_incorrect']);
    expect(outcome(await attempt(codes[3]!))).toEqual([400, 'verification_failed']);
  });

  it('shows the same limits for an address that has an account, where that is hidden', async () => {
    const veiled = await anotherInstance({
      settings: { ...settings, attack_protection: { enumeration_protection: { enabled: true } } },
    });
    const known = realEmail();
    await veiled.given.user({ email_address: [known] });
    const limits = async (email: string) => {
      const { prepare } = await signingUp(email, veiled);
      const outcomes = [await prepare(), await prepare()].map(outcome);
      for (let n = 1; n < MOST_PER_HOUR; n++) {
        clock.advance(30 * SECOND_MS);
        outcomes.push(outcome(await prepare()));
      }
      clock.advance(30 * SECOND_MS);
      return [...outcomes, outcome(await prepare())];
    };

    const shown = await limits(known);

    expect(shown).toEqual(await limits(realEmail()));
    expect([shown[1], shown.at(-1)]).toEqual([TOO_SOON, SPENT]);
  });
});

describe('FAPI prepareSignInFactorOne: limits', () => {
  it('keeps the waiting time between the codes, and between the links, of a sign-in', async () => {
    const email = realEmail();
    await given.user({ email_address: [email] });
    const chrome = browser();
    const { body } = await chrome.post(SIGN_INS, { identifier: email });
    const prepare = (strategy: string) => {
      const factors = body.response.supported_first_factors as { strategy: string; email_address_id: string }[];
      const { email_address_id } = factors.find((factor) => factor.strategy === strategy)!;
      return chrome.post(`${SIGN_INS}/${body.response.id}/prepare_first_factor`, { strategy, email_address_id });
    };

    for (const strategy of ['email_code', 'email_link']) {
      expect((await prepare(strategy)).status).toBe(200);
      expect(outcome(await prepare(strategy))).toEqual(TOO_SOON);
    }
    clock.advance(30 * SECOND_MS);
    expect((await prepare('email_link')).status).toBe(200);
  });
});

describe('FAPI createSessionReverificationPrepareFirstFactor: limits', () => {
  it('keeps the waiting time between the codes of a step-up', async () => {
    const email = realEmail();
    await given.user({ email_address: [email] });
    const chrome = browser();
    const begun = await chrome.post(SIGN_INS, { identifier: email, strategy: 'email_code' });
    const done = await chrome.post(`${SIGN_INS}/${begun.body.response.id}/attempt_first_factor`, {
      strategy: 'email_code',
      code: await latchkey.codeFor(email),
    });
    const path = `/v1/client/sessions/${done.body.response.created_session_id}/verify`;
    await chrome.post(path, { level: 'first_factor' });

    expect((await chrome.post(`${path}/prepare_first_factor`, { strategy: 'email_code' })).status).toBe(200);
    expect(outcome(await chrome.post(`${path}/prepare_first_factor`, { strategy: 'email_code' }))).toEqual(TOO_SOON);
  });
});

describe('BAPI prepareEmailAddressVerification: limits', () => {
  it('sends an address no more than its share', async () => {
    const email = realEmail();
    const { id } = await given.user({ email_address: [email] });
    const { body } = await bapi.get(`/v1/users/${id}`);
    const path = `/v1/email_addresses/${body.email_addresses[0].id}/prepare_verification`;

    for (let n = 0; n < MOST_PER_HOUR; n++) expect((await bapi.post(path)).status).toBe(200);
    expect(outcome(await bapi.post(path))).toEqual(SPENT);
  });
});

describe('FAPI verifyEmailAddress: limits', () => {
  it('mails a stranger no more often because somebody claims their address', async () => {
    const stranger = realEmail();
    const { prepare } = await adding(stranger);

    const first = await prepare();
    const again = await prepare();
    await latchkey.codeFor(stranger);

    expect([first.status, outcome(again)]).toEqual([200, TOO_SOON]);
    expect(mailsTo(stranger)).toBe(1);
  });

  it('locks an account after ten wrong codes', async () => {
    const { prepare, attempt, userId } = await adding(testEmail());
    const outcomes: unknown[] = [];
    for (let n = 0; n < 12; n++) {
      if (n % 3 === 0) await prepare();
      outcomes.push(outcome(await attempt('000000')));
    }

    expect(outcomes.slice(0, 10)).toEqual(Array(10).fill([422, 'form_code_incorrect']));
    expect(outcomes.slice(10)).toEqual(Array(2).fill([403, 'user_locked']));
    expect((await bapi.get(`/v1/users/${userId}`)).body).toMatchObject({
      locked: true,
      verification_attempts_remaining: 0,
    });
  });
});

describe('FAPI verifyPhoneNumber: limits', () => {
  it('counts wrong codes for the lockout', async () => {
    const instance = await anotherInstance({
      settings: {
        attributes: { phone_number: { enabled: true, verifications: ['phone_code'] } },
        sessions: { reverification: false },
      },
    });
    const { browser: chrome, userId } = await instance.given.signedInBrowser();
    const { body } = await chrome.post('/v1/me/phone_numbers', { phone_number: '+12015550142' });
    const path = `/v1/me/phone_numbers/${body.response.id}`;
    await chrome.post(`${path}/prepare_verification`, { strategy: 'phone_code' });
    await chrome.post(`${path}/attempt_verification`, { code: '000000' });

    expect((await instance.bapi.get(`/v1/users/${userId}`)).body.verification_attempts_remaining).toBe(9);
  });
});
