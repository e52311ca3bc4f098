import { createClerkClient, verifyToken } from '@clerk/backend';
import { useLatchkey } from '@latchkey/testing';
import { decodeJwt } from 'jose';

const latchkey = useLatchkey({ settings: { sessions: { single_session_mode: false } } });
const { browser, given, events, clock, anotherInstance } = latchkey;

const missing = { status: 404, code: 'resource_not_found' };
// What makes the SDK sign its page out.
const over = { status: 401, code: 'authentication_invalid' };
const refusal = ({ status, body }: { status: number; body: { errors: { code: string }[] } }) => ({
  status,
  code: body.errors[0]?.code,
});
const seconds = (ms: number) => Math.floor(ms / 1000);

describe('FAPI getSession', () => {
  it('shows the session with its user and a token', async () => {
    const { browser: chrome, sessionId, userId, email } = await given.signedInBrowser();

    const { status, body } = await chrome.get(`/v1/client/sessions/${sessionId}`);

    expect(status).toBe(200);
    expect(body.response).toMatchObject({
      object: 'session',
      id: sessionId,
      status: 'active',
      tasks: null,
      factor_verification_age: [0, -1],
      user: { id: userId },
      public_user_data: { identifier: email },
    });
    expect(decodeJwt(body.response.last_active_token.jwt)).toMatchObject({ sid: sessionId, sub: userId });
  });

  it("does not find another client's, nor one that nobody has", async () => {
    const { browser: chrome } = await given.signedInBrowser();
    const { sessionId } = await given.signedInBrowser();

    expect(refusal(await chrome.get(`/v1/client/sessions/${sessionId}`))).toEqual(missing);
    expect(refusal(await chrome.get('/v1/client/sessions/sess_none'))).toEqual(missing);
    expect(refusal(await browser().get(`/v1/client/sessions/${sessionId}`))).toEqual(missing);
  });
});

describe('FAPI touchSession', () => {
  it('notes the use, without the client when a tab merely comes to the front', async () => {
    const { browser: chrome, sessionId } = await given.signedInBrowser();
    clock.advance(90_000);

    const { status, body } = await chrome.post(`/v1/client/sessions/${sessionId}/touch`, { intent: 'focus' });

    expect(status).toBe(200);
    expect(body.client ?? null).toBeNull();
    expect(body.response.last_active_at).toBeGreaterThan(body.response.created_at + 89_000);
    expect(body.response.factor_verification_age).toEqual([1, -1]);
  });

  it('hands out a token that is not older than the change of the client', async () => {
    const { browser: chrome, sessionId } = await given.signedInBrowser();
    const before = (await chrome.get('/v1/client')).body.response.updated_at;
    clock.advance(5000);

    const { body } = await chrome.post(`/v1/client/sessions/${sessionId}/touch`, { active_organization_id: '' });

    expect(body.client.last_active_session_id).toBe(sessionId);
    expect(body.client.updated_at).toBeGreaterThanOrEqual(before);
    expect(decodeJwt(body.response.last_active_token.jwt).iat).toBeGreaterThanOrEqual(seconds(body.client.updated_at));
  });

  it("finds neither another client's session nor one that is over", async () => {
    const { browser: chrome, sessionId } = await given.signedInBrowser();
    const other = await given.signedInBrowser();

    expect(refusal(await other.browser.post(`/v1/client/sessions/${sessionId}/touch`))).toEqual(missing);
    await chrome.post(`/v1/client/sessions/${sessionId}/end`);
    expect(refusal(await chrome.post(`/v1/client/sessions/${sessionId}/touch`))).toEqual(over);
  });

  it('refuses an organization that the user does not belong to, as if there were none', async () => {
    const { browser: chrome, sessionId } = await given.signedInBrowser();
    const touch = await chrome.post(`/v1/client/sessions/${sessionId}/touch`, { active_organization_id: 'org_none' });

    expect(refusal(touch)).toEqual({ status: 404, code: 'organization_not_found_or_unauthorized' });
  });

  it('refuses an intent that there is not', async () => {
    const { browser: chrome, sessionId } = await given.signedInBrowser();
    const touch = await chrome.post(`/v1/client/sessions/${sessionId}/touch`, { intent: 'dance' });

    expect(refusal(touch)).toEqual({ status: 422, code: 'form_param_value_invalid' });
  });
});

describe.each([
  ['endSession', 'end', 'ended', 'session.ended'],
  ['removeSession', 'remove', 'removed', 'session.removed'],
] as const)('FAPI %s', (_, action, status, type) => {
  it('signs out of the session, and tells of it', async () => {
    const { browser: chrome, sessionId, userId } = await given.signedInBrowser();

    const { body } = await chrome.post(`/v1/client/sessions/${sessionId}/${action}`);

    expect(body.response).toMatchObject({ id: sessionId, status, last_active_token: null });
    expect(body.client).toMatchObject({ sessions: [], last_active_session_id: null });
    const [event] = await events.of(type, userId);
    expect(event!.data).toMatchObject({ id: sessionId, status, user: { id: userId } });
  });

  it("does not find another client's", async () => {
    const { sessionId } = await given.signedInBrowser();
    const other = await given.signedInBrowser();

    expect(refusal(await other.browser.post(`/v1/client/sessions/${sessionId}/${action}`))).toEqual(missing);
  });

  it('has one winner when three sign out at once', async () => {
    const { browser: chrome, sessionId, userId } = await given.signedInBrowser();
    const signOut = () => chrome.post(`/v1/client/sessions/${sessionId}/${action}`);

    const replies = await Promise.all([signOut(), signOut(), signOut()]);

    expect(replies.map((reply) => reply.status).sort()).toEqual([200, 404, 404]);
    expect(await events.of(type, userId)).toHaveLength(1);
  });
});

describe('FAPI removeClientSessionsAndRetainCookie', () => {
  it('signs out of all and keeps the client', async () => {
    const { browser: chrome, sessionId, userId } = await given.signedInBrowser();
    const { id } = (await chrome.get('/v1/client')).body.response;

    const { status, body } = await chrome.delete('/v1/client/sessions');

    expect(status).toBe(200);
    expect(body.response).toMatchObject({ object: 'client', id, sessions: [], last_active_session_id: null });
    expect((await events.of('session.removed', userId)).map((event) => (event.data as { id: string }).id)).toEqual([
      sessionId,
    ]);
    expect((await chrome.get('/v1/client')).body.response).toMatchObject({ id, sessions: [] });
  });

  it('does nothing for a browser that nobody has used', async () => {
    const { status, body } = await browser().delete('/v1/client/sessions');

    expect(status).toBe(200);
    expect(body.response).toBeNull();
  });
});

describe('FAPI deleteClientSessions', () => {
  it('signs out of all and forgets the client', async () => {
    const { browser: chrome, userId } = await given.signedInBrowser();
    const { id } = (await chrome.get('/v1/client')).body.response;

    const { status, body } = await chrome.delete('/v1/client');

    expect(status).toBe(200);
    expect(body).toMatchObject({ response: { id, sessions: [] }, client: null });
    expect(await events.of('session.ended', userId)).toHaveLength(1);
    expect((await chrome.get('/v1/client')).body.response).toBeNull();
    expect((await chrome.put('/v1/client')).body.response.id).not.toBe(id);
  });
});

describe('FAPI createSessionToken', () => {
  it('is verified by the SDK, with the JWKS and without network', async () => {
    const { browser: chrome, sessionId, userId } = await given.signedInBrowser();
    const { bapiUrl, instance } = latchkey.at;
    const { status, body } = await chrome.post(`/v1/client/sessions/${sessionId}/tokens`, { organization_id: '' });
    const { keys } = (await instance.bapi.get('/v1/jwks')).body;
    const expected = { sid: sessionId, sub: userId, sts: 'active', v: 2, azp: 'http://localhost:3000' };
    const clockSkewInMs = 3_600_000; // The tests of this file move the clock.

    expect(status).toBe(200);
    expect(Object.keys(body).sort()).toEqual(['jwt', 'object']);
    const options = { authorizedParties: ['http://localhost:3000'], clockSkewInMs };
    await expect(
      verifyToken(body.jwt, { ...options, secretKey: instance.secretKey, apiUrl: bapiUrl }),
    ).resolves.toMatchObject(expected);
    await expect(verifyToken(body.jwt, { ...options, jwtKey: await toPem(keys[0]) })).resolves.toMatchObject(expected);
  });

  it('signs a request in at @clerk/backend', async () => {
    const { browser: chrome, sessionId, userId } = await given.signedInBrowser();
    const { bapiUrl, instance } = latchkey.at;
    const { jwt } = (await chrome.post(`/v1/client/sessions/${sessionId}/tokens`)).body;
    const clerk = createClerkClient({
      apiUrl: bapiUrl,
      secretKey: instance.secretKey,
      publishableKey: instance.publishableKey,
      telemetry: { disabled: true },
    });

    const state = await clerk.authenticateRequest(
      new Request('http://localhost:3000/', { headers: { authorization: `Bearer ${jwt}` } }),
      { clockSkewInMs: 3_600_000 },
    );

    expect(state.isAuthenticated).toBe(true);
    expect(state.toAuth()).toMatchObject({ userId, sessionId, orgId: undefined });
  });

  it('has version 1 of the claims for an older SDK', async () => {
    const { browser: chrome, sessionId } = await given.signedInBrowser();
    const query = { __clerk_api_version: '2024-10-01' };
    const { jwt } = (await chrome.post(`/v1/client/sessions/${sessionId}/tokens`, {}, query)).body;

    expect(decodeJwt(jwt)).not.toHaveProperty('v');
  });

  it('refuses an organization that the user does not belong to', async () => {
    const { browser: chrome, sessionId } = await given.signedInBrowser();
    const token = await chrome.post(`/v1/client/sessions/${sessionId}/tokens`, { organization_id: 'org_none' });

    expect(refusal(token)).toEqual({ status: 404, code: 'organization_not_found_or_unauthorized' });
  });

  it("gives none for another client's session, one of another instance, or one that is over", async () => {
    const { browser: chrome, sessionId } = await given.signedInBrowser();
    const other = await given.signedInBrowser();
    const elsewhere = await (await anotherInstance()).given.signedInBrowser();
    const token = (of: typeof chrome) => of.post(`/v1/client/sessions/${sessionId}/tokens`);

    expect(refusal(await token(other.browser))).toEqual(missing);
    expect(refusal(await token(elsewhere.browser))).toEqual(missing);
    await chrome.post(`/v1/client/sessions/${sessionId}/end`);
    expect(refusal(await token(chrome))).toEqual(over);
  });

  it('gives none after the session has ended by its age', async () => {
    const { browser: chrome, sessionId } = await given.signedInBrowser();
    clock.advance(604_800_000);

    expect(refusal(await chrome.post(`/v1/client/sessions/${sessionId}/tokens`))).toEqual(over);
    expect((await chrome.get('/v1/client')).body.response.sessions).toEqual([]);
  });
});

async function toPem(jwk: object): Promise<string> {
  const { exportSPKI, importJWK } = await import('jose');
  return exportSPKI((await importJWK(jwk, 'RS256', { extractable: true })) as CryptoKey);
}
