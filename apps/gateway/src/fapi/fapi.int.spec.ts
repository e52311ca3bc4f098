import { useGateway } from '../testing/use-gateway.js';

const DEV = { host: 'dev.example:4000' };
const PROD = { host: 'clerk.shop.example' };
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const ORIGIN = { origin: 'https://www.shop.example' };

const { owner, fapi, clock } = useGateway();
beforeAll(() => {
  owner.addInstance('ins_dev', 'development', DEV.host, 'sk_test_1');
  owner.addInstance('ins_prod', 'production', PROD.host, 'sk_live_1');
});

describe('FAPI answers', () => {
  it('wraps a read without the client', async () => {
    const answer = await fapi({ path: '/v1/client', headers: DEV });
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toBe('application/json');
    expect(answer.json()).toEqual({ response: { object: 'thing' }, client: null });
  });

  it('joins the client to a change', async () => {
    owner.devBrowsers.set('dvb_1', 'client_1');
    await owner.addClient('client_1');
    const jwt = await owner.sign({ dev: 'dvb_1' });
    const answer = await fapi({
      method: 'POST',
      path: `/v1/client/sign_ins?__clerk_db_jwt=${jwt}`,
      headers: { ...DEV, ...FORM, ...ORIGIN },
      body: 'identifier=a',
    });
    expect(answer.json().client).toMatchObject({ object: 'client', id: 'client_1' });
    expect(answer.headers['clerk-db-jwt']).toBe(jwt);
    expect(owner.last).toMatchObject({ url: '/fapi/v1/client/sign_ins', body: 'identifier=a' });
    expect(owner.last.ctx).toMatchObject({
      instanceId: 'ins_dev',
      clientId: 'client_1',
      devBrowserId: 'dvb_1',
      sessionId: 'sess_client_1',
      userId: 'user_client_1',
      fapiUrl: 'http://dev.example:4000',
    });
  });

  it('shows the client beside the refusal of a change', async () => {
    const jwt = await owner.sign({ dev: 'dvb_1' });
    owner.next = { status: 422, body: { errors: [{ code: 'form_code_incorrect' }], clerk_trace_id: 't' } };
    const answer = await fapi({
      method: 'POST',
      path: `/v1/client/sign_ins/sia_1/attempt_first_factor?__clerk_db_jwt=${jwt}`,
      headers: { ...DEV, ...FORM },
      body: 'code=1',
    });
    expect(answer.status).toBe(422);
    expect(answer.json()).toMatchObject({
      errors: [{ code: 'form_code_incorrect' }],
      clerk_trace_id: 't',
      meta: { client: { id: 'client_1' } },
      client: { id: 'client_1' },
    });
  });

  it('leaves a session token as it is', async () => {
    owner.next = { body: { object: 'token', jwt: 'x' } };
    const answer = await fapi({
      method: 'POST',
      path: '/v1/client/sessions/sess_1/tokens',
      headers: { ...DEV, ...FORM },
    });
    expect(answer.json()).toEqual({ object: 'token', jwt: 'x' });
  });

  it('passes redirects on', async () => {
    owner.next = { status: 307, headers: { location: 'https://www.shop.example/' }, body: '' };
    const answer = await fapi({
      path: '/v1/client/handshake?redirect_url=x&__clerk_api_version=2026-05-12',
      headers: PROD,
    });
    expect(answer.status).toBe(307);
    expect(answer.headers.location).toBe('https://www.shop.example/');
    expect(owner.last.url).toBe('/fapi/v1/client/handshake?redirect_url=x');
  });
});

describe('FAPI routing', () => {
  it('takes the method from the query, and the path with the key’s own prefix, repeated and trailing slashes', async () => {
    await fapi({
      method: 'POST',
      path: '/accounts.dev//v1/me/?_method=PATCH&_clerk_js_version=6&__clerk_api_version=2026-05-12',
      headers: { ...DEV, ...FORM },
      body: 'first_name=A',
    });
    expect(owner.last).toMatchObject({ method: 'PATCH', url: '/fapi/v1/me', body: 'first_name=A' });
  });

  it('takes the method from the form, which then has it no more', async () => {
    await fapi({
      method: 'POST',
      path: '/v1/client',
      headers: { ...DEV, ...FORM },
      body: '_method=GET&rotating_token_nonce=n',
    });
    expect(owner.last).toMatchObject({ method: 'GET', url: '/fapi/v1/client?rotating_token_nonce=n', body: '' });
  });

  it('answers an unknown path with 404 and the headers that let a page read it', async () => {
    const answer = await fapi({ path: '/v1/nothing', headers: { ...DEV, ...ORIGIN } });
    expect(answer.status).toBe(404);
    expect(answer.json().errors[0].code).toBe('resource_not_found');
    expect(answer.headers['access-control-allow-origin']).toBe(ORIGIN.origin);
    expect(answer.headers['clerk-trace-id']).toBe(answer.json().clerk_trace_id);
  });

  it('answers a host without an instance with host_invalid', async () => {
    const answer = await fapi({ path: '/v1/client', headers: { host: 'other.example' } });
    expect(answer.status).toBe(400);
    expect(answer.json().errors[0].code).toBe('host_invalid');
  });

  it('lets a browser ask before what no form could send', async () => {
    const answer = await fapi({ method: 'OPTIONS', path: '/v1/client', headers: { ...DEV, ...ORIGIN } });
    expect(answer.status).toBe(204);
    expect(answer.headers).toMatchObject({
      'access-control-allow-origin': ORIGIN.origin,
      'access-control-allow-credentials': 'true',
      'access-control-allow-methods': 'GET, POST, PUT, PATCH, DELETE, OPTIONS',
      vary: 'Origin',
    });
  });

  it('answers HEAD as GET without its body', async () => {
    const answer = await fapi({ method: 'HEAD', path: '/v1/client', headers: DEV });
    expect(answer).toMatchObject({ status: 200, text: '' });
    expect(owner.last.method).toBe('GET');
  });
});

describe('FAPI answers beside the usual', () => {
  const asBrowser = async (clientId: string) => {
    const cookie = `__client=${await owner.addClient(clientId)}`;
    return { ...PROD, ...FORM, ...ORIGIN, cookie };
  };

  it('make null of an owner’s empty answer', async () => {
    owner.next = { body: '' };
    expect((await fapi({ path: '/v1/client', headers: DEV })).text).toBe('{"response":null,"client":null}');
  });

  it('hold a list twice where SDKs look in two places', async () => {
    owner.next = { body: { data: [], total_count: 0 } };
    const answer = await fapi({ path: '/v1/billing/plans', headers: DEV });
    expect(answer.json()).toEqual({ data: [], total_count: 0, response: { data: [], total_count: 0 }, client: null });
  });

  it('leave the client out when a tab has only come to the front', async () => {
    const headers = await asBrowser('client_f');
    const touch = (intent: string) =>
      fapi({ method: 'POST', path: '/v1/client/sessions/sess_1/touch', headers, body: `intent=${intent}` });
    expect((await touch('focus')).json().client).toBeNull();
    expect((await touch('select_session')).json().client.id).toBe('client_f');
  });

  it('keep a change that is done when identity cannot tell the client afterwards', async () => {
    const headers = await asBrowser('client_g');
    owner.hasSnapshots = false;
    const answer = await fapi({ method: 'POST', path: '/v1/client/sessions/sess_1/end', headers });
    owner.hasSnapshots = true;
    expect(answer.status).toBe(200);
    expect(answer.json()).toEqual({ response: { object: 'thing' }, client: null });
  });

  it('tell the app’s servers what they have missed, whenever the browser looks', async () => {
    const headers = await asBrowser('client_h');
    const stale = await fapi({
      path: '/v1/client',
      headers: { ...headers, cookie: `${headers.cookie}; __client_uat=1` },
    });
    expect(stale.headers['set-cookie']?.[0]).toMatch(/^__client_uat=1700000000; /);
    const gone = await fapi({ path: '/v1/client', headers: { ...PROD, cookie: '__client_uat=1' } });
    expect(gone.headers['set-cookie']?.[0]).toMatch(/^__client_uat=0; /);
    expect((await fapi({ path: '/v1/client', headers: PROD })).headers['set-cookie']).toBeUndefined();
  });

  it('say that a body is too large', async () => {
    const body = 'x'.repeat(11 * 1024 * 1024 + 1);
    const answer = await fapi({
      method: 'POST',
      path: '/v1/me/profile_image',
      headers: { ...DEV, ...FORM, ...ORIGIN },
      body,
    });
    expect(answer.status).toBe(413);
    expect(answer.json().errors[0].code).toBe('request_body_too_large');
    expect(answer.headers['access-control-allow-origin']).toBe(ORIGIN.origin);
  });

  it.each([
    '/v1/client/%2e%2e/environment',
    '/v1/client/sign_ins/../environment',
    '/v1/client/sign_ins/..\\..\\environment',
    '/v1/me/%zz',
  ])('refuse the path %s', async (path) => {
    const seen = owner.asked.length;
    const answer = await fapi({ path, headers: DEV });
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.json().errors).toHaveLength(1);
    expect(owner.asked).toHaveLength(seen);
  });
});

describe('FAPI callers', () => {
  it('gives a browser in production its client by cookie, and tells the app’s servers', async () => {
    const token = await owner.addClient('client_new');
    owner.next = { headers: { 'x-latchkey-client': token } };
    const answer = await fapi({
      method: 'POST',
      path: '/v1/client/sign_ups',
      headers: { ...PROD, ...FORM, ...ORIGIN },
    });
    expect(answer.headers['x-latchkey-client']).toBeUndefined();
    expect(answer.headers['set-cookie']).toEqual([
      expect.stringMatching(
        new RegExp(`^__client=${token}; Max-Age=34560000; Path=/; HttpOnly; Secure; SameSite=Lax$`),
      ),
      expect.stringMatching(
        /^__client_uat=1700000000; Max-Age=\d+; Domain=shop.example; Path=\/; Secure; SameSite=Lax$/,
      ),
      expect.stringMatching(/^__client_uat_SUFFIX12=1700000000; /),
    ]);
    expect(answer.json().client.id).toBe('client_new');
  });

  it('knows a browser by its cookie until its token has been replaced', async () => {
    const token = await owner.addClient('client_c');
    const headers = { ...PROD, cookie: `__client=${token}` };
    await fapi({ path: '/v1/client', headers });
    expect(owner.last.ctx.clientId).toBe('client_c');
    await owner.addClient('client_d', {
      rotatingToken: 'next',
      previousToken: 'current',
      previousUntil: Date.now() + 60_000,
    });
    await owner.addClient('client_e', {
      rotatingToken: 'next',
      previousToken: 'current',
      previousUntil: Date.now() - 1,
    });
    for (const [id, seen] of [
      ['client_d', 'client_d'],
      ['client_e', undefined],
    ] as const) {
      const cookie = `__client=${await owner.sign({ id, rotating_token: 'current' })}`;
      await fapi({ path: '/v1/client', headers: { ...PROD, cookie } });
      expect(owner.last.ctx.clientId).toBe(seen);
    }
  });

  it('gives an app its client in the Authorization header', async () => {
    const token = await owner.addClient('client_n');
    owner.next = { headers: { 'x-latchkey-client': token } };
    const created = await fapi({
      method: 'POST',
      path: '/v1/client?_is_native=1',
      headers: { ...PROD, ...FORM, authorization: '' },
    });
    expect(created.headers.authorization).toBe(token);
    expect(created.headers['set-cookie']).toBeUndefined();
    await fapi({ path: '/v1/client?_is_native=1', headers: { ...PROD, authorization: `Bearer ${token}` } });
    expect(owner.last.ctx).toMatchObject({ clientId: 'client_n', isNative: true });
  });

  it('lets the acting session be one of the client’s own live sessions only', async () => {
    const token = await owner.addClient('client_s');
    const headers = { ...PROD, cookie: `__client=${token}` };
    await fapi({ path: '/v1/me?_clerk_session_id=sess_client_s', headers });
    expect(owner.last.ctx.sessionId).toBe('sess_client_s');
    await fapi({ path: '/v1/me?_clerk_session_id=sess_other', headers });
    expect(owner.last.ctx.sessionId).toBeUndefined();
    expect(owner.last.ctx.userId).toBeUndefined();
  });

  it('sends a browser with a forged or unknown development token away', async () => {
    for (const jwt of ['x.y.z', await owner.sign({ dev: 'dvb_unknown' })]) {
      const answer = await fapi({ path: `/v1/client?__clerk_db_jwt=${jwt}`, headers: DEV });
      expect(answer.status).toBe(401);
      expect(answer.json().errors[0].code).toBe('dev_browser_unauthenticated');
    }
  });

  it('lets an unknown development browser have a new identity', async () => {
    await fapi({
      path: `/v1/client/handshake?__clerk_db_jwt=${await owner.sign({ dev: 'dvb_unknown' })}`,
      headers: DEV,
    });
    expect(owner.last.url).toBe('/fapi/v1/client/handshake');
    expect(owner.last.ctx.devBrowserId).toBeUndefined();
    owner.next = { headers: { 'x-latchkey-dev-browser': 'new' } };
    const answer = await fapi({ method: 'POST', path: '/v1/dev_browser', headers: DEV });
    expect(answer.headers['clerk-db-jwt']).toBe('new');
  });

  it('takes the session’s own token for the API keys', async () => {
    const exp = Math.floor(Date.now() / 1000) + 60;
    const token = await owner.sign({ sid: 'sess_k', sub: 'user_k', exp, o: { id: 'org_k' } });
    await fapi({ path: '/api_keys?subject=user_k', headers: { ...PROD, ...ORIGIN, authorization: `Bearer ${token}` } });
    expect(owner.last.ctx).toMatchObject({ sessionId: 'sess_k', userId: 'user_k', organizationId: 'org_k' });
    const old = await owner.sign({ sid: 'sess_k', sub: 'user_k', exp: exp - 120 });
    await fapi({ path: '/api_keys?subject=user_k', headers: { ...PROD, authorization: `Bearer ${old}` } });
    expect(owner.last.ctx.userId).toBeUndefined();
  });

  it('believes a proxy that proves itself with the secret key', async () => {
    const proxied = {
      host: 'gateway.internal',
      'clerk-proxy-url': 'https://www.shop.example/__clerk/',
      'x-forwarded-for': '203.0.113.9, 10.0.0.1',
    };
    await fapi({ path: '/v1/client', headers: { ...proxied, 'clerk-secret-key': 'sk_live_1' } });
    expect(owner.last.ctx).toMatchObject({
      instanceId: 'ins_prod',
      fapiUrl: 'https://www.shop.example/__clerk',
      ipAddress: '203.0.113.9',
    });
    expect((await fapi({ path: '/v1/client', headers: proxied })).json().errors[0].code).toBe(
      'proxy_request_missing_secret_key',
    );
    const wrong = await fapi({ path: '/v1/client', headers: { ...proxied, 'clerk-secret-key': 'sk_live_2' } });
    expect(wrong.json().errors[0].code).toBe('proxy_request_invalid_secret_key');
  });
});

describe('FAPI origins', () => {
  it.each([
    ['https://shop.example', 200],
    ['https://deep.www.shop.example', 200],
    ['https://partner.example', 200],
    ['https://evil.example', 400],
    ['http://www.shop.example', 400],
    ['https://notshop.example', 400],
    ['null', 400],
  ])('answers a page of %s in production with %i', async (origin, status) => {
    const answer = await fapi({ path: '/v1/client', headers: { ...PROD, origin } });
    expect(answer.status).toBe(status);
    if (status === 400) expect(answer.json().errors[0].code).toBe('origin_invalid');
    expect(answer.headers['access-control-allow-origin']).toBe(origin);
  });

  it('takes a page that reads from its own origin, and so sends none, as that origin', async () => {
    await fapi({ path: '/v1/client', headers: { ...DEV, 'sec-fetch-site': 'same-origin' } });
    expect(owner.last.ctx.origin).toBe('http://dev.example:4000');
    await fapi({ path: '/v1/client', headers: { ...DEV, 'sec-fetch-site': 'none' } });
    expect(owner.last.ctx.origin).toBeUndefined();
  });

  it('refuses several origins at once, in development, too', async () => {
    for (const own of [PROD, DEV]) {
      const origin = 'https://shop.example, https://partner.example';
      const answer = await fapi({ path: '/v1/client', headers: { ...own, origin } });
      expect([answer.status, answer.json().errors[0].code]).toEqual([400, 'multiple_origin_header_values_forbidden']);
    }
  });

  it('refuses a change that rides on a cookie without an origin', async () => {
    const token = await owner.addClient('client_o');
    const answer = await fapi({
      method: 'POST',
      path: '/v1/client/sessions?_method=DELETE',
      headers: { ...PROD, ...FORM, cookie: `__client=${token}` },
    });
    expect(answer.json().errors[0].code).toBe('origin_missing');
  });
});

describe('FAPI limits', () => {
  it('refuses the sixth sign-in of an address within ten seconds, and says when to come back', async () => {
    const create = () =>
      fapi({ method: 'POST', path: '/v1/client/sign_ins', headers: { ...PROD, ...FORM, ...ORIGIN } });
    for (let i = 0; i < 5; i++) expect((await create()).status).toBe(200);
    const answer = await create();
    expect(answer.status).toBe(429);
    expect(answer.json().errors[0].code).toBe('too_many_requests');
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    clock.advance(11_000);
    expect((await create()).status).toBe(200);
  });

  it('refuses the fourth new password after a reset code within ten seconds', async () => {
    const path = '/v1/client/sign_ins/sia_1/reset_password';
    const reset = () => fapi({ method: 'POST', path, headers: { ...PROD, ...FORM, ...ORIGIN } });
    for (let i = 0; i < 3; i++) expect((await reset()).status).toBe(200);
    expect((await reset()).status).toBe(429);
  });

  it('refuses the 251st invitation of a user within an hour, and nobody else’s', async () => {
    const invite = async (dev: string) =>
      fapi({
        method: 'POST',
        path: `/v1/organizations/org_1/invitations?__clerk_db_jwt=${await owner.sign({ dev })}`,
        headers: { ...DEV, ...FORM },
      });
    for (const [dev, client] of [
      ['dvb_i', 'client_i'],
      ['dvb_j', 'client_j'],
    ] as const) {
      owner.devBrowsers.set(dev, client);
      await owner.addClient(client);
    }
    for (let i = 0; i < 250; i++) expect((await invite('dvb_i')).status).toBe(200);
    expect((await invite('dvb_i')).status).toBe(429);
    expect((await invite('dvb_j')).status).toBe(200);
  });

  it('lets a suite of tests with its token be faster', async () => {
    const exp = Math.floor(clock.now().getTime() / 1000) + 60;
    const path = `/v1/client/sign_ups?__clerk_testing_token=${await owner.sign({ testing: true, exp })}`;
    const create = () => fapi({ method: 'POST', path, headers: { ...PROD, ...FORM, ...ORIGIN } });
    for (let i = 0; i < 8; i++) expect((await create()).status).toBe(200);
    expect(owner.last.url).toBe('/fapi/v1/client/sign_ups');
  });
});
