import { PASSWORD, send, testEmail, useLatchkey, type TestBrowser, type TestInstance, until } from '@latchkey/testing';

const settings = {
  attributes: {
    email_address: { first_factors: ['email_link', 'email_code'], verifications: ['email_link'] },
    password: { required: false },
  },
  sessions: { reverification: false },
  attack_protection: { email_link: { require_same_client: false } },
};
const latchkey = useLatchkey({ settings });
const { anotherInstance, bapi, browser, clock, events, given } = latchkey;

const SIGN_INS = '/v1/client/sign_ins';
const SIGN_UPS = '/v1/client/sign_ups';
const PAGE = 'http://localhost:3000/sign-in/verify';
const MINUTE_MS = 60_000;

/** The token of the last link that was mailed to somebody; waits for one, or for one more than `after`. */
async function tokenFor(to: string, after = 0): Promise<string> {
  return until(`a link for ${to}`, () => {
    const mails = latchkey.inbox.list({ to }).filter(({ text }) => text.includes('/v1/verify?token='));
    return mails.length > after && /\/v1\/verify\?token=(\S+)/.exec(mails[0]!.text)![1]!;
  });
}

/** Where following a link leads, as the page there reads it. */
async function follow(by: TestBrowser, token: string) {
  const { status, headers, body } = await by.get('/v1/verify', { token });
  if (status !== 303) throw new Error(`${status}: ${JSON.stringify(body)}`);
  const url = new URL(String(headers.location));
  return {
    page: url.origin + url.pathname,
    status: url.searchParams.get('__clerk_status'),
    session: url.searchParams.get('__clerk_created_session'),
  };
}

/** A sign-in that waits for its link to be followed. */
async function awaitingSignIn({ given, browser }: Pick<TestInstance, 'given' | 'browser'> = latchkey) {
  const { id: userId, email } = await given.user();
  const chrome = browser();
  const { body } = await chrome.post(SIGN_INS, { identifier: email });
  const path = `${SIGN_INS}/${body.response.id}`;
  const { email_address_id } = body.response.supported_first_factors.find(
    (factor: { strategy: string }) => factor.strategy === 'email_link',
  );
  const prepare = { strategy: 'email_link', email_address_id, redirect_url: PAGE };
  const prepared = await chrome.post(`${path}/prepare_first_factor`, prepare);
  return { chrome, userId, email, path, prepare, prepared, token: await tokenFor(email) };
}

describe('FAPI verify', () => {
  it('signs in where the link was asked for', async () => {
    const { chrome, userId, path, prepared, token } = await awaitingSignIn();
    expect(prepared.body.response).toMatchObject({
      status: 'needs_first_factor',
      first_factor_verification: {
        object: 'verification_email_link',
        strategy: 'email_link',
        status: 'unverified',
      },
    });
    expect((await chrome.get(path)).body.response.status).toBe('needs_first_factor');

    const followed = await follow(chrome, token);

    expect(followed).toEqual({ page: PAGE, status: 'verified', session: expect.stringMatching(/^sess_/) });
    const { body } = await chrome.get(path);
    expect(body.response).toMatchObject({
      status: 'complete',
      created_session_id: followed.session,
      first_factor_verification: { status: 'verified', verified_at_client: body.client.id },
    });
    expect(body.client).toMatchObject({ sign_in: null, last_active_session_id: followed.session });
    expect(body.client.last_authentication_strategy).toBe('email_link');
    expect(await events.of('session.created', userId)).toHaveLength(1);
  });

  it('signs in the browser that waits when the link is followed on another device', async () => {
    const { chrome, path, token } = await awaitingSignIn();
    const phone = browser();
    await phone.post(SIGN_INS);

    const { session, ...followed } = await follow(phone, token);

    expect(followed).toEqual({ page: PAGE, status: 'verified' });
    const { body } = await chrome.get(path);
    expect(body.response).toMatchObject({ status: 'complete', created_session_id: session });
    expect(body.client.sessions).toHaveLength(1);
    expect((await phone.get('/v1/client')).body.response.sessions).toEqual([]);
  });

  it('takes a link that a browser in development follows from its mail, where nothing tells who it is', async () => {
    const { chrome, path, token } = await awaitingSignIn();

    const answer = await send({ method: 'GET', url: `${latchkey.at.fapiUrl}/v1/verify?token=${token}` });

    expect(answer.status).toBe(303);
    expect((await chrome.get(path)).body.response.status).toBe('complete');
  });

  it('works once: of three who follow it at once, one does', async () => {
    const { chrome, userId, token } = await awaitingSignIn();

    const followed = await Promise.all([follow(chrome, token), follow(chrome, token), follow(browser(), token)]);

    expect(followed.map(({ status }) => status).sort()).toEqual(['failed', 'failed', 'verified']);
    expect((await follow(chrome, token)).status).toBe('failed');
    expect(await events.of('session.created', userId)).toHaveLength(1);
  });

  it('is not used up by a HEAD request', async () => {
    const { chrome, token } = await awaitingSignIn();

    const answer = await send({ method: 'HEAD', url: `${latchkey.at.fapiUrl}/v1/verify?token=${token}` });

    expect(answer.status).toBe(204);
    expect((await follow(chrome, token)).status).toBe('verified');
  });

  it('lapses after ten minutes, each link for itself', async () => {
    const { chrome, path, email, prepare, token } = await awaitingSignIn();
    clock.advance(6 * MINUTE_MS);
    await chrome.post(`${path}/prepare_first_factor`, prepare);
    const second = await tokenFor(email, 1);
    clock.advance(5 * MINUTE_MS);

    expect(await follow(chrome, token)).toEqual({ page: PAGE, status: 'expired', session: null });
    expect((await chrome.get(path)).body.response.first_factor_verification.status).toBe('unverified');
    expect((await follow(chrome, second)).status).toBe('verified');
  });

  it('shows the page that waits that the time is over', async () => {
    const { chrome, path, token } = await awaitingSignIn();
    clock.advance(10 * MINUTE_MS);

    expect((await follow(chrome, token)).status).toBe('expired');

    expect((await chrome.get(path)).body.response.first_factor_verification.status).toBe('expired');
  });

  it('fails for a sign-in that a newer one has replaced, and for one that goes on by code', async () => {
    const replaced = await awaitingSignIn();
    await replaced.chrome.post(SIGN_INS);
    expect((await follow(replaced.chrome, replaced.token)).status).toBe('failed');

    const other = await awaitingSignIn();
    await other.chrome.post(`${other.path}/prepare_first_factor`, { ...other.prepare, strategy: 'email_code' });
    expect((await follow(other.chrome, other.token)).status).toBe('failed');
  });

  it('fails for a locked account, and leaves the link for when it is open again', async () => {
    const { chrome, userId, token } = await awaitingSignIn();
    await bapi.post(`/v1/users/${userId}/lock`);

    expect((await follow(chrome, token)).status).toBe('failed');

    await bapi.post(`/v1/users/${userId}/unlock`);
    expect((await follow(chrome, token)).status).toBe('verified');
  });

  it('refuses what is no link, a ticket, and the link of another instance', async () => {
    const other = await anotherInstance({ settings });
    const { token } = await awaitingSignIn(other);
    const { id } = await given.user();
    const { body: ticket } = await bapi.post('/v1/sign_in_tokens', { user_id: id });

    for (const wrong of ['', 'nonsense', ticket.token, token]) {
      const { status, body } = await browser().get('/v1/verify', { token: wrong });
      expect([status, body.errors[0].code]).toEqual([400, 'verification_link_token_invalid']);
    }
  });

  it('must be followed where it was asked for, unless the instance wants otherwise', async () => {
    const strict = await anotherInstance({ settings: { ...settings, attack_protection: {} } });
    const { chrome, token } = await awaitingSignIn(strict);
    const phone = strict.browser();
    await phone.post(SIGN_INS);

    expect(await follow(phone, token)).toEqual({ page: PAGE, status: 'client_mismatch', session: null });
    expect((await follow(chrome, token)).status).toBe('verified');
  });

  it('leads on to the second factor', async () => {
    const mfa = await anotherInstance({
      settings: { ...settings, attributes: { ...settings.attributes, authenticator_app: { enabled: true } } },
    });
    const { id, email } = await mfa.given.user({ totp_secret: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP' });
    const chrome = mfa.browser();
    const { body } = await chrome.post(SIGN_INS, { identifier: email, strategy: 'email_link', redirect_url: PAGE });

    expect(await follow(chrome, await tokenFor(email))).toEqual({ page: PAGE, status: 'verified', session: null });

    const { response } = (await chrome.get(`${SIGN_INS}/${body.response.id}`)).body;
    expect(response).toMatchObject({ status: 'needs_second_factor', created_session_id: null });
    expect(await events.of('session.created', id)).toHaveLength(0);
  });

  it('tells nobody whether an account exists, where that is hidden', async () => {
    const hidden = await anotherInstance({
      settings: { ...settings, attack_protection: { enumeration_protection: { enabled: true } } },
    });
    const known = await hidden.given.user();
    const stranger = testEmail();
    const start = async (identifier: string) =>
      (await hidden.browser().post(SIGN_INS, { identifier, strategy: 'email_link', redirect_url: PAGE })).body.response;

    const [ofKnown, ofStranger] = [await start(known.email), await start(stranger)];

    const { expire_at, ...shown } = ofKnown.first_factor_verification;
    expect(ofStranger.first_factor_verification).toEqual({ ...shown, expire_at: expect.any(Number) });
    expect(expire_at).toEqual(expect.any(Number));
    expect(ofStranger.status).toBe(ofKnown.status);
    expect(await tokenFor(known.email)).toBeTruthy();
    expect(latchkey.inbox.list({ to: stranger }).filter(({ text }) => text.includes('/v1/verify'))).toEqual([]);
  });

  it('completes a sign-up', async () => {
    const chrome = browser();
    const email = testEmail();
    const { body } = await chrome.post(SIGN_UPS, { email_address: email, password: PASSWORD });
    expect(body.response.verifications.email_address).toMatchObject({
      next_action: 'needs_prepare',
      supported_strategies: ['email_link'],
    });
    const path = `${SIGN_UPS}/${body.response.id}`;
    await chrome.post(`${path}/prepare_verification`, { strategy: 'email_link', redirect_url: PAGE });

    const followed = await follow(chrome, await tokenFor(email));

    expect(followed).toMatchObject({ page: PAGE, status: 'verified', session: expect.stringMatching(/^sess_/) });
    const { response, client } = (await chrome.get(path)).body;
    expect(response).toMatchObject({ status: 'complete', created_session_id: followed.session });
    expect(client).toMatchObject({ sign_up: null, last_active_session_id: followed.session });
    const { body: user } = await bapi.get(`/v1/users/${response.created_user_id}`);
    expect(user.email_addresses[0].verification).toMatchObject({ status: 'verified', strategy: 'email_link' });
  });

  it('goes on with a sign-up that lacks something more', async () => {
    const demanding = await anotherInstance({
      settings: { ...settings, attributes: { ...settings.attributes, first_name: { enabled: true, required: true } } },
    });
    const chrome = demanding.browser();
    const email = testEmail();
    const { body } = await chrome.post(SIGN_UPS, {
      email_address: email,
      strategy: 'email_link',
      redirect_url: PAGE,
    });

    expect(await follow(chrome, await tokenFor(email))).toEqual({ page: PAGE, status: 'verified', session: null });

    const path = `${SIGN_UPS}/${body.response.id}`;
    expect((await chrome.get(path)).body.response).toMatchObject({
      status: 'missing_requirements',
      missing_fields: ['first_name'],
      unverified_fields: [],
    });
    expect((await chrome.patch(path, { first_name: 'Ada' })).body.response.status).toBe('complete');
  });

  it('proves an address in the profile, once', async () => {
    const { browser: chrome, userId } = await signedIn();
    const email = testEmail();
    const { body: added } = await chrome.post('/v1/me/email_addresses', { email_address: email });
    const path = `/v1/me/email_addresses/${added.response.id}`;
    const prepared = await chrome.post(`${path}/prepare_verification`, { strategy: 'email_link', redirect_url: PAGE });
    expect(prepared.body.response.verification).toMatchObject({ strategy: 'email_link', status: 'unverified' });
    expect((await chrome.post(`${path}/attempt_verification`, { code: '424242' })).body.errors[0].code).toBe(
      'verification_strategy_invalid',
    );
    const token = await tokenFor(email);

    expect(await follow(browser(), token)).toEqual({ page: PAGE, status: 'verified', session: null });

    expect((await chrome.get(path)).body.response.verification.status).toBe('verified');
    expect((await follow(chrome, token)).status).toBe('failed');
    const last = (await events.of('user.updated', userId)).at(-1)!;
    expect(JSON.stringify(last.data)).toContain(email);
  });

  it('gives an address to one of two users who would both prove it', async () => {
    const email = testEmail();
    const tokens: string[] = [];
    for (const { browser: chrome } of [await signedIn(), await signedIn()]) {
      const { body } = await chrome.post('/v1/me/email_addresses', { email_address: email });
      const path = `/v1/me/email_addresses/${body.response.id}/prepare_verification`;
      await chrome.post(path, { strategy: 'email_link', redirect_url: PAGE });
      tokens.push(await tokenFor(email, tokens.length));
    }

    const followed = await Promise.all(tokens.map((token) => follow(browser(), token)));

    expect(followed.map(({ status }) => status).sort()).toEqual(['failed', 'verified']);
  });
});

describe('FAPI verify in production', () => {
  it('leaves the session to the browser that waits, and lets nobody else have its cookie', async () => {
    const production = await anotherInstance({ environment: 'production', settings });
    const { email } = await production.given.user();
    const host = Buffer.from(production.publishableKey.split('_')[2]!, 'base64').toString().slice(0, -1);
    const call = async (method: string, path: string, authorization = '', form?: Record<string, string>) => {
      const reply = await send({
        method,
        url: `${latchkey.at.fapiUrl}${path}`,
        headers: { host, authorization, ...(form && { 'content-type': 'application/x-www-form-urlencoded' }) },
        body: form && new URLSearchParams(form).toString(),
      });
      return { ...reply, client: reply.headers.authorization as string | undefined };
    };
    const native = '_is_native=1';
    const page = `https://${host}/sign-in/verify`;
    const foreign = { identifier: email, strategy: 'email_link', redirect_url: 'https://elsewhere.example/' };
    const refused = await call('POST', `${SIGN_INS}?${native}`, '', foreign);
    expect([refused.status, refused.body.errors[0].code]).toEqual([422, 'redirect_url_domain_mismatch']);
    const begun = await call('POST', `${SIGN_INS}?${native}`, '', { ...foreign, redirect_url: page });
    expect(begun.status).toBe(200);
    const token = await tokenFor(email);

    const elsewhere = await call('GET', `/v1/verify?token=${token}`);

    expect(elsewhere.status).toBe(303);
    expect(elsewhere.headers.location).toBe(`${page}?__clerk_status=verified`);
    expect(elsewhere.client).toBeUndefined();
    expect(elsewhere.headers['set-cookie']).toBeUndefined();
    const polled = await call('GET', `${SIGN_INS}/${begun.body.response.id}?${native}`, begun.client);
    expect(polled.body.response).toMatchObject({ status: 'complete', created_session_id: expect.any(String) });
    expect(polled.body.client.sessions).toHaveLength(1);
    expect(polled.client).toBeDefined();
    expect(polled.client).not.toBe(begun.client);
  });
});

/** Somebody who has signed up by a link. */
async function signedIn() {
  const { id: userId, email } = await given.user();
  const chrome = browser();
  await chrome.post(SIGN_INS, { identifier: email, password: PASSWORD });
  return { browser: chrome, userId };
}
