import { createClerkClient } from '@clerk/backend';
import { PASSWORD, testEmail, useLatchkey, type TestInstance } from '@latchkey/testing';
import { decodeJwt } from 'jose';
import { Client as Postgres } from 'pg';
import { request } from 'undici';
import { cookieSuffix } from '../instances/publishable-key.js';

const latchkey = useLatchkey();
const { bapi, browser, given, anotherInstance } = latchkey;

const refusal = ({ status, body }: { status: number; body: { errors: { code: string }[] } }) => ({
  status,
  code: body.errors[0]?.code,
});

/** A browser's visit to FAPI by its address bar. */
async function visit(url: string, { host, cookie }: { host?: string; cookie?: string } = {}) {
  const response = await request(url, {
    headers: { accept: 'text/html', 'sec-fetch-dest': 'document', ...(host && { host }), ...(cookie && { cookie }) },
  });
  const text = await response.body.text();
  return {
    status: response.statusCode,
    location: String(response.headers.location ?? ''),
    cookies: [response.headers['set-cookie'] ?? []].flat(),
    body: (text.startsWith('{') ? JSON.parse(text) : {}) as { errors: { code: string }[] },
  };
}

/** An app's server, with the cookies that the browser keeps for it. */
function appOf(instance: TestInstance, origin: string, proxyUrl?: string) {
  const clerk = createClerkClient({
    apiUrl: latchkey.at.bapiUrl,
    secretKey: instance.secretKey,
    publishableKey: instance.publishableKey,
    telemetry: { disabled: true },
  });
  const jar = new Map<string, string>();
  return {
    jar,
    keep(directives: string[]) {
      for (const text of directives) {
        const [, name, value] = /^([^=]+)=([^;]*)/.exec(text)!;
        if (/Max-Age=0(;|$)/.test(text)) jar.delete(name!);
        else jar.set(name!, value!);
      }
    },
    async open(path: string) {
      const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
      const headers = { accept: 'text/html', 'sec-fetch-dest': 'document', cookie };
      const state = await clerk.authenticateRequest(new Request(origin + path, { headers }), { proxyUrl });
      return { state, cookies: state.headers.getSetCookie(), location: state.headers.get('location') ?? '' };
    },
  };
}

const uatOf = (updatedAt: number) => String(Math.floor(updatedAt / 1000));

describe('FAPI handshakeClient', () => {
  it('gives an app in development its cookies, by a nonce in the address', async () => {
    const { browser: chrome, userId, sessionId } = await given.signedInBrowser();
    const { fapiUrl, instance } = latchkey.at;
    const app = appOf(instance, 'http://localhost:3000', fapiUrl);
    app.jar.set('__clerk_db_jwt', await chrome.devBrowserToken());
    app.jar.set('__client_uat', '1');

    const first = await app.open('/page?q=a%20b');
    expect(first.state.status).toBe('handshake');
    const shaken = await visit(first.location);
    expect(shaken.status).toBe(307);
    expect(shaken.location).toMatch(/^http:\/\/localhost:3000\/page\?q=a\+b&__clerk_handshake_nonce=\w+$/);
    const back = await app.open(shaken.location.slice('http://localhost:3000'.length));
    app.keep(back.cookies);
    const settled = await app.open('/page');

    expect(settled.state.isAuthenticated).toBe(true);
    expect(settled.state.toAuth()).toMatchObject({ userId, sessionId });
    const { updated_at } = (await chrome.get('/v1/client')).body.response;
    expect(app.jar.get('__client_uat')).toBe(uatOf(updated_at));
    const claims = decodeJwt(app.jar.get('__session')!);
    expect(claims).toMatchObject({ sid: sessionId, azp: 'http://localhost:3000' });
    expect(claims.iat).toBeGreaterThanOrEqual(Number(app.jar.get('__client_uat')));
    expect([...app.jar.keys()].filter((name) => name.startsWith('__clerk_handshake'))).toEqual([]);
  });

  it('gives a browser that nobody knows a development browser, and signs it out', async () => {
    const { fapiUrl, instance } = latchkey.at;
    const app = appOf(instance, 'http://localhost:3000', fapiUrl);
    app.jar.set('__session', 'stale');

    const first = await app.open('/');
    const shaken = await visit(first.location);
    const back = await app.open(shaken.location.slice('http://localhost:3000'.length));
    app.keep(back.cookies);

    expect((await app.open('/')).state.status).toBe('signed-out');
    expect(app.jar.has('__session')).toBe(false);
    expect(app.jar.get('__client_uat')).toBe('0');
    const token = app.jar.get('__clerk_db_jwt')!;
    expect((await visit(`${fapiUrl}/v1/client?__clerk_db_jwt=${token}`)).status).toBe(200);
  });

  it('carries a token in the address for an SDK that fetches no nonce', async () => {
    const { browser: chrome, sessionId } = await given.signedInBrowser();
    const query = { redirect_url: 'http://localhost:3000/', __clerk_db_jwt: await chrome.devBrowserToken() };

    const { location } = await visit(`${latchkey.at.fapiUrl}/v1/client/handshake?${new URLSearchParams(query)}`);

    const { handshake } = decodeJwt<{ handshake: string[] }>(new URL(location).searchParams.get('__clerk_handshake')!);
    const [, jwt] = /^__session=([^;]+)/.exec(handshake.findLast((text) => text.startsWith('__session='))!)!;
    expect(decodeJwt(jwt!)).toMatchObject({ sid: sessionId });
  });

  it('gives an app in production its cookies, by a nonce in a cookie', async () => {
    const production = await anotherInstance({ environment: 'production', settings: { test_mode: true } });
    const host = frontendApi(production);
    const { token, sessionId } = await signUpNatively(host);
    const app = appOf(production, 'https://app.latchkey.test');
    app.jar.set('__client_uat', '1');

    const first = await app.open('/page');
    expect(first.location.startsWith(`https://${host}/v1/client/handshake?`)).toBe(true);
    const { pathname, search } = new URL(first.location);
    const shaken = await visit(latchkey.at.fapiUrl + pathname + search, { host, cookie: `__client=${token}` });
    expect(shaken.location).toBe('https://app.latchkey.test/page');
    expect(shaken.cookies[0]).toMatch(
      /^__clerk_handshake_nonce=\w+; Max-Age=60; Domain=latchkey\.test; Path=\/; Secure; SameSite=Lax$/,
    );
    app.keep(shaken.cookies);
    const settled = await app.open('/page');
    app.keep(settled.cookies);

    expect(settled.state.toAuth()).toMatchObject({ sessionId });
    expect([...app.jar.keys()].sort()).toEqual(
      [...pairs(production, '__client_uat', '__session'), ...pairs(production, '__refresh').slice(1)].sort(),
    );
    expect((await app.open('/page')).state.isAuthenticated).toBe(true);
  });

  it.each([
    ['', 400, 'invalid_handshake'],
    ['no url', 400, 'invalid_handshake'],
    ['javascript:alert(1)', 422, 'prohibited_redirect_url'],
  ])('does not go back to %p', async (redirectUrl, status, code) => {
    const query = new URLSearchParams({ redirect_url: redirectUrl });
    expect(refusal(await visit(`${latchkey.at.fapiUrl}/v1/client/handshake?${query}`))).toEqual({ status, code });
  });

  it('leaves the instance in production for its list of redirect URLs alone', async () => {
    const production = await anotherInstance({ environment: 'production' });
    const host = frontendApi(production);
    const shake = (url: string) =>
      visit(`${latchkey.at.fapiUrl}/v1/client/handshake?redirect_url=${encodeURIComponent(url)}`, { host });

    expect(refusal(await shake('https://elsewhere.test/'))).toEqual({
      status: 422,
      code: 'redirect_url_domain_mismatch',
    });
    await production.bapi.post('/v1/redirect_urls', { url: 'https://elsewhere.test/' });
    expect((await shake('https://elsewhere.test/')).status).toBe(307);
  });
});

describe('BAPI GetHandshakePayload', () => {
  async function nonce() {
    const { browser: chrome } = await given.signedInBrowser();
    const query = {
      redirect_url: 'http://localhost:3000/',
      format: 'nonce',
      __clerk_db_jwt: await chrome.devBrowserToken(),
    };
    const { location } = await visit(`${latchkey.at.fapiUrl}/v1/client/handshake?${new URLSearchParams(query)}`);
    return new URL(location).searchParams.get('__clerk_handshake_nonce')!;
  }
  const read = (text: string, by = bapi) => by.get(`/v1/clients/handshake_payload?nonce=${text}`);
  const missing = { status: 404, code: 'resource_not_found' };

  it('answers the same more than once within a minute, and then no more', async () => {
    const text = await nonce();

    const replies = await Promise.all([read(text), read(text)]);
    latchkey.clock.advance(61_000);

    expect(replies[0].status).toBe(200);
    expect(Object.keys(replies[0].body)).toEqual(['directives']);
    expect(replies[1].body).toEqual(replies[0].body);
    expect(refusal(await read(text))).toEqual(missing);
  });

  it('does not answer another instance, nor to a guess', async () => {
    const other = await anotherInstance();

    expect(refusal(await read(await nonce(), other.bapi))).toEqual(missing);
    expect(refusal(await read('guess'))).toEqual(missing);
  });

  it('keeps what it hands out unreadable in the table', async () => {
    await nonce();
    const postgres = new Postgres({ connectionString: latchkey.at.databaseUrls.identity });
    await postgres.connect();
    const { rows } = await postgres.query<{ directives: string }>('SELECT directives FROM handshakes');
    await postgres.end();

    expect(rows.length).toBeGreaterThan(0);
    expect(rows.map(({ directives }) => directives).join()).not.toContain('__session');
  });
});

describe('FAPI touchClient', () => {
  it('gives a browser its cookie again and sends it back', async () => {
    const production = await anotherInstance({ environment: 'production', settings: { test_mode: true } });
    const host = frontendApi(production);
    const { token } = await signUpNatively(host);
    const url = `${latchkey.at.fapiUrl}/v1/client/touch?redirect_url=https://app.latchkey.test/next`;

    const { status, location, cookies } = await visit(url, { host, cookie: `__client=${token}` });

    expect(status).toBe(307);
    expect(location).toBe('https://app.latchkey.test/next');
    expect(cookies.join()).toMatch(/__client=[^;]+; Max-Age=34560000/);
  });

  it('does not send anybody astray', async () => {
    const touch = (query: string) => visit(`${latchkey.at.fapiUrl}/v1/client/touch?${query}`);

    expect(refusal(await touch(''))).toEqual({ status: 422, code: 'invalid_redirect_url' });
    expect(refusal(await touch('redirect_url=javascript:alert(1)'))).toEqual({
      status: 422,
      code: 'prohibited_redirect_url',
    });
  });

  it('sends a browser back that has no client', async () => {
    const token = await browser().devBrowserToken();
    const url = `${latchkey.at.fapiUrl}/v1/client/touch?redirect_url=http://localhost:3000/&__clerk_db_jwt=${token}`;

    expect(await visit(url)).toMatchObject({ status: 307, location: 'http://localhost:3000/' });
  });
});

/** Somebody who has signed up in a mobile app, which is told its client token. */
async function signUpNatively(host: string): Promise<{ token: string; sessionId: string }> {
  let token = '';
  const post = async (path: string, fields: Record<string, string>) => {
    const response = await request(`${latchkey.at.fapiUrl}/v1/client/sign_ups${path}?_is_native=1`, {
      method: 'POST',
      headers: {
        host,
        'content-type': 'application/x-www-form-urlencoded',
        ...(token && { authorization: token }),
      },
      body: new URLSearchParams(fields).toString(),
    });
    token = String(response.headers.authorization ?? token);
    return ((await response.body.json()) as { response: { id: string; created_session_id: string } }).response;
  };
  const { id } = await post('', { email_address: testEmail(), password: PASSWORD });
  await post(`/${id}/prepare_verification`, { strategy: 'email_code' });
  const done = await post(`/${id}/attempt_verification`, { strategy: 'email_code', code: '424242' });
  return { token, sessionId: done.created_session_id };
}

const frontendApi = ({ publishableKey }: TestInstance) =>
  Buffer.from(publishableKey.split('_')[2]!, 'base64').toString().slice(0, -1);

const pairs = ({ publishableKey }: TestInstance, ...names: string[]) =>
  names.flatMap((name) => [name, `${name}_${cookieSuffix(publishableKey)}`]);
