import { createClerkClient } from '@clerk/backend';
import { PASSWORD, testEmail, useLatchkey } from '@latchkey/testing';
import { decodeJwt } from 'jose';

const latchkey = useLatchkey({ settings: { sessions: { single_session_mode: false, inactivity_timeout: 3600 } } });
const { bapi, browser, given, events, clock, anotherInstance } = latchkey;

const missing = { status: 404, code: 'resource_not_found' };
const over = { status: 401, code: 'authentication_invalid' };
const refusal = ({ status, body }: { status: number; body: { errors: { code: string }[] } }) => ({
  status,
  code: body.errors[0]?.code,
});

describe('BAPI GetSessionList', () => {
  it('lists the sessions of a user or a client, as a page when asked', async () => {
    const { browser: chrome, sessionId, userId } = await given.signedInBrowser();
    const clientId = (await chrome.get('/v1/client')).body.response.id as string;

    expect((await bapi.get(`/v1/sessions?user_id=${userId}`)).body).toMatchObject([
      { id: sessionId, client_id: clientId },
    ]);
    expect((await bapi.get(`/v1/sessions?client_id=${clientId}&paginated=true`)).body).toMatchObject({
      data: [{ object: 'session', id: sessionId, status: 'active', latest_activity: { browser_name: 'Chrome' } }],
      total_count: 1,
    });
  });

  it('filters by the status as it is now, and pages', async () => {
    const { browser: chrome, sessionId, userId } = await given.signedInBrowser();
    const list = (filter: string) =>
      bapi.get(`/v1/sessions?user_id=${userId}${filter}`).then(({ body }) => body as unknown[]);
    await chrome.post(`/v1/client/sessions/${sessionId}/end`);

    expect(await list('&status=ended')).toHaveLength(1);
    expect(await list('&status=active')).toHaveLength(0);
    expect(await list('&offset=1')).toHaveLength(0);
  });

  it('counts a session past its time as over, although nobody has written it down', async () => {
    const { sessionId, userId } = await given.signedInBrowser();
    clock.advance(3_700_000);

    expect((await bapi.get(`/v1/sessions?user_id=${userId}&status=abandoned`)).body).toMatchObject([
      { id: sessionId, status: 'abandoned' },
    ]);
    expect((await bapi.get(`/v1/sessions?user_id=${userId}&status=active`)).body).toEqual([]);
  });

  it('wants to know whose', async () => {
    expect(refusal(await bapi.get('/v1/sessions'))).toEqual({ status: 422, code: 'form_param_missing' });
  });

  it('shows nothing of another instance', async () => {
    const { userId } = await given.signedInBrowser();
    const other = await anotherInstance();

    expect((await other.bapi.get(`/v1/sessions?user_id=${userId}`)).body).toEqual([]);
  });
});

describe('BAPI GetSession', () => {
  it('shows the session, and not to another instance', async () => {
    const { sessionId, userId } = await given.signedInBrowser();
    const other = await anotherInstance();

    expect((await bapi.get(`/v1/sessions/${sessionId}`)).body).toMatchObject({
      id: sessionId,
      user_id: userId,
      actor: null,
    });
    expect(refusal(await other.bapi.get(`/v1/sessions/${sessionId}`))).toEqual(missing);
  });
});

describe('BAPI RevokeSession', () => {
  it('signs the browser out at its next call', async () => {
    const { browser: chrome, sessionId, userId } = await given.signedInBrowser();
    const before = (await chrome.get('/v1/client')).body.response.updated_at as number;
    clock.advance(1000);

    const { status, body } = await bapi.post(`/v1/sessions/${sessionId}/revoke`);

    expect(status).toBe(200);
    expect(body).toMatchObject({ id: sessionId, status: 'revoked' });
    expect(refusal(await chrome.post(`/v1/client/sessions/${sessionId}/tokens`))).toEqual(over);
    expect(refusal(await chrome.post(`/v1/client/sessions/${sessionId}/touch`))).toEqual(over);
    const client = (await chrome.get('/v1/client')).body.response;
    expect(client.sessions).toEqual([]);
    expect(client.updated_at).toBeGreaterThanOrEqual(before + 1000);
    expect(await events.of('session.revoked', userId)).toHaveLength(1);
  });

  it('is told once when three revoke at once', async () => {
    const { sessionId, userId } = await given.signedInBrowser();
    const revoke = () => bapi.post(`/v1/sessions/${sessionId}/revoke`);

    const replies = await Promise.all([revoke(), revoke(), revoke()]);

    expect(replies.map(({ body }) => body.status as string)).toEqual(['revoked', 'revoked', 'revoked']);
    expect(await events.of('session.revoked', userId)).toHaveLength(1);
  });

  it('has one end when the browser signs out at the same time', async () => {
    const { browser: chrome, sessionId, userId } = await given.signedInBrowser();

    await Promise.all([
      bapi.post(`/v1/sessions/${sessionId}/revoke`),
      chrome.post(`/v1/client/sessions/${sessionId}/end`),
      chrome.post(`/v1/client/sessions/${sessionId}/touch`),
    ]);

    const told = [...(await events.of('session.revoked', userId)), ...(await events.of('session.ended', userId))];
    expect(told).toHaveLength(1);
    expect((await chrome.get('/v1/client')).body.response.sessions).toEqual([]);
  });

  it('does not find one of another instance', async () => {
    const { browser: chrome, sessionId } = await given.signedInBrowser();
    const other = await anotherInstance();

    expect(refusal(await other.bapi.post(`/v1/sessions/${sessionId}/revoke`))).toEqual(missing);
    expect((await chrome.post(`/v1/client/sessions/${sessionId}/tokens`)).status).toBe(200);
  });
});

describe('BAPI createSession', () => {
  it('signs a user in without a browser', async () => {
    const { userId } = await given.signedInBrowser();

    const { status, body } = await bapi.post('/v1/sessions', { user_id: userId });

    expect(status).toBe(200);
    expect(body).toMatchObject({ object: 'session', user_id: userId, status: 'active' });
    const { jwt } = (await bapi.post(`/v1/sessions/${body.id}/tokens`)).body;
    expect(decodeJwt(jwt)).toMatchObject({ sub: userId, fva: [-1, -1] });
  });

  it('does not find a user that there is not', async () => {
    expect(refusal(await bapi.post('/v1/sessions', { user_id: 'user_none' }))).toEqual(missing);
  });

  it('finds no organization that the user does not belong to', async () => {
    const { userId } = await given.signedInBrowser();
    const created = await bapi.post('/v1/sessions', { user_id: userId, active_organization_id: 'org_none' });

    expect(refusal(created)).toEqual({ status: 404, code: 'organization_not_found_or_unauthorized' });
  });

  it('is for development only', async () => {
    const production = await anotherInstance({ environment: 'production' });
    const created = await production.bapi.post('/v1/sessions', { user_id: 'user_any' });

    expect(refusal(created)).toEqual({ status: 400, code: 'request_invalid_for_environment' });
  });
});

describe('BAPI CreateSessionToken', () => {
  it('lives as long as is asked', async () => {
    const { sessionId } = await given.signedInBrowser();
    const clerk = createClerkClient({ apiUrl: latchkey.at.bapiUrl, secretKey: latchkey.at.instance.secretKey });

    const usual = decodeJwt((await clerk.sessions.getToken(sessionId, undefined as never)).jwt);
    const long = decodeJwt(
      (await bapi.post(`/v1/sessions/${sessionId}/tokens`, { expires_in_seconds: 3600 })).body.jwt,
    );

    expect(usual.exp! - usual.iat!).toBe(60);
    expect(long.exp! - long.iat!).toBe(3600);
    expect(long).not.toHaveProperty('azp');
  });

  it('gives none for a session that is over', async () => {
    const { sessionId } = await given.signedInBrowser();
    await bapi.post(`/v1/sessions/${sessionId}/revoke`);

    expect(refusal(await bapi.post(`/v1/sessions/${sessionId}/tokens`))).toEqual(missing);
    expect(refusal(await bapi.post('/v1/sessions/sess_none/tokens'))).toEqual(missing);
  });

  it('refuses a life that is too short', async () => {
    const { sessionId } = await given.signedInBrowser();

    expect((await bapi.post(`/v1/sessions/${sessionId}/tokens`, { expires_in_seconds: 29 })).status).toBe(422);
  });
});

describe('the end of sessions by time', () => {
  it('is put off by their use', async () => {
    const { browser: chrome, sessionId } = await given.signedInBrowser();
    for (let hour = 0; hour < 3; hour++) {
      clock.advance(3_000_000);
      expect((await chrome.post(`/v1/client/sessions/${sessionId}/touch`, { intent: 'focus' })).status).toBe(200);
    }
    clock.advance(3_700_000);

    expect(refusal(await chrome.post(`/v1/client/sessions/${sessionId}/touch`))).toEqual(over);
  });
});

describe('BAPI GetClientList', () => {
  it('lists clients, newest first', async () => {
    const { browser: chrome } = await given.signedInBrowser();
    const { id } = (await chrome.get('/v1/client')).body.response;

    const { body } = await bapi.get('/v1/clients?paginated=true&limit=1');

    expect(body.data).toMatchObject([{ object: 'client', id }]);
    expect(body.total_count).toBeGreaterThan(1);
    expect((await bapi.get('/v1/clients?limit=1')).body).toHaveLength(1);
  });
});

describe('BAPI GetClient', () => {
  it('shows the client with its living sessions', async () => {
    const { browser: chrome, sessionId } = await given.signedInBrowser();
    const { id } = (await chrome.get('/v1/client')).body.response;

    expect((await bapi.get(`/v1/clients/${id}`)).body).toMatchObject({
      id,
      session_ids: [sessionId],
      sessions: [{ id: sessionId }],
      last_active_session_id: sessionId,
    });
    await chrome.delete('/v1/client/sessions');
    expect((await bapi.get(`/v1/clients/${id}`)).body).toMatchObject({ session_ids: [], last_active_session_id: null });
  });

  it('does not find one of another instance', async () => {
    const { browser: chrome } = await given.signedInBrowser();
    const { id } = (await chrome.get('/v1/client')).body.response;

    expect(refusal(await (await anotherInstance()).bapi.get(`/v1/clients/${id}`))).toEqual(missing);
  });
});

describe('BAPI VerifyClient', () => {
  /** The token of a mobile app, which keeps it by itself. */
  async function native(path: string, method = 'POST', token?: string) {
    const { fapiUrl } = latchkey.at;
    const headers = { 'user-agent': 'test', ...(token ? { authorization: token } : {}) };
    const response = await fetch(`${fapiUrl}${path}?_is_native=1`, { method, headers });
    return response.headers.get('authorization')!;
  }

  it('finds the client of its token', async () => {
    const token = await native('/v1/client');

    const { status, body } = await bapi.post('/v1/clients/verify', { token });

    expect(status).toBe(200);
    expect(body).toMatchObject({ object: 'client', id: decodeJwt(token).id, session_ids: [] });
  });

  it('refuses a token of another hand, one of another instance and one that was replaced', async () => {
    const token = await native('/v1/client');
    const verify = (text: string, by = bapi) => by.post('/v1/clients/verify', { token: text });
    const other = await anotherInstance();

    expect(refusal(await verify(`${token}x`))).toEqual({ status: 400, code: 'cookie_invalid' });
    expect(refusal(await verify(token, other.bapi))).toEqual({ status: 400, code: 'cookie_invalid' });
    await native('/v1/client/sessions', 'DELETE', token);
    clock.advance(61_000);
    expect(refusal(await verify(token))).toEqual({ status: 400, code: 'cookie_invalid' });
  });

  it('says when the client is gone', async () => {
    const token = await native('/v1/client');
    await native('/v1/client', 'DELETE', token);

    expect(refusal(await bapi.post('/v1/clients/verify', { token }))).toEqual({
      status: 400,
      code: 'client_not_found',
    });
  });
});

describe('several sessions on one client', () => {
  it('stand side by side: the one that is touched is the active one, and its end makes another so', async () => {
    const chrome = browser();
    const signUp = async () => {
      const fields = { email_address: testEmail(), password: PASSWORD };
      const { id } = (await chrome.post('/v1/client/sign_ups', fields)).body.response;
      await chrome.post(`/v1/client/sign_ups/${id}/prepare_verification`, { strategy: 'email_code' });
      const code = { strategy: 'email_code', code: '424242' };
      const { body } = await chrome.post(`/v1/client/sign_ups/${id}/attempt_verification`, code);
      return body.response.created_session_id as string;
    };
    const one = await signUp();
    const two = await signUp();

    const touched = await chrome.post(`/v1/client/sessions/${one}/touch`, { intent: 'select_session' });
    const removed = await chrome.post(`/v1/client/sessions/${one}/remove`);

    expect(touched.body.client).toMatchObject({ last_active_session_id: one, sessions: [{ id: one }, { id: two }] });
    expect(removed.body.client).toMatchObject({ last_active_session_id: two, sessions: [{ id: two }] });
  });
});
