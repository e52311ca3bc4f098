import { useLatchkey } from '@latchkey/testing';
import { decodeJwt } from 'jose';
import { request } from 'undici';

const latchkey = useLatchkey();
const { bapi, given, clock, anotherInstance } = latchkey;

const ORIGIN = 'http://localhost:3000';

/** Somebody signed in, with what a handshake has given to the app. */
async function signedIn() {
  const { browser, sessionId, userId } = await given.signedInBrowser();
  const query = {
    redirect_url: `${ORIGIN}/`,
    __clerk_db_jwt: await browser.devBrowserToken(),
    suffixed_cookies: 'true',
  };
  const { headers, body } = await request(`${latchkey.at.fapiUrl}/v1/client/handshake?${new URLSearchParams(query)}`);
  await body.dump();
  const { searchParams } = new URL(String(headers.location));
  const { handshake } = decodeJwt<{ handshake: string[] }>(searchParams.get('__clerk_handshake')!);
  const cookie = (name: RegExp) => handshake.map((text) => name.exec(text)?.[1]).find((value) => value)!;
  return {
    browser,
    sessionId,
    userId,
    expired_token: cookie(/^__session=([^;]+)/),
    refresh_token: cookie(/^__refresh_[^=]+=([^;]+)/),
    request_origin: ORIGIN,
  };
}

type Known = Awaited<ReturnType<typeof signedIn>>;

function refresh(known: Known, changes: object = {}, { id = known.sessionId, query = '', by = bapi } = {}) {
  const { expired_token, refresh_token, request_origin } = known;
  return by.post(`/v1/sessions/${id}/refresh${query}`, { expired_token, refresh_token, request_origin, ...changes });
}
const codeOf = ({ status, body }: { status: number; body: { errors: { code: string }[] } }) => {
  expect(status).toBe(401);
  return body.errors[0]!.code;
};

describe('BAPI RefreshSession', () => {
  it('renews an expired token', async () => {
    const known = await signedIn();
    clock.advance(120_000);

    const { status, body } = await refresh(known);

    expect(status).toBe(200);
    expect(body).toEqual({ object: 'token', jwt: expect.any(String) });
    const { exp, iat, ...claims } = decodeJwt(body.jwt);
    expect(claims).toMatchObject({ sid: known.sessionId, sub: known.userId, azp: ORIGIN });
    expect(exp! - iat!).toBe(60);
  });

  it('answers in cookies, suffixed ones as well when the app knows them', async () => {
    const plain = await refresh(await signedIn(), { format: 'cookie' });
    const paired = await refresh(await signedIn(), { format: 'cookie' }, { query: '?suffixed_cookies=true' });

    expect(plain.body).toEqual({ object: 'cookies', cookies: [expect.stringMatching(/^__session=[^;]+; /)] });
    expect(paired.body.cookies).toHaveLength(2);
    expect(paired.body.cookies[1]).toMatch(/^__session_[\w-]{8}=[^;]+; /);
  });

  it('renews a token for one of three that bring it at once', async () => {
    const known = await signedIn();

    const replies = await Promise.all([refresh(known), refresh(known), refresh(known)]);

    expect(replies.map(({ status }) => status).sort()).toEqual([200, 401, 401]);
    expect(codeOf(replies.find(({ status }) => status === 401)!)).toBe(
      'session_refresh_expired_session_token_consumed',
    );
  });

  it('renews again what it has given out', async () => {
    const known = await signedIn();
    clock.advance(61_000);
    const { jwt } = (await refresh(known)).body;
    clock.advance(61_000);

    expect((await refresh(known, { expired_token: jwt })).status).toBe(200);
  });

  it.each([
    ['refresh_request_origin_invalid', { request_origin: 'nowhere' }],
    ['refresh_request_origin_azp_mismatch', { request_origin: 'https://evil.test' }],
    ['expired_session_token_invalid', { expired_token: 'a.b.c' }],
    ['refresh_token_not_found', { refresh_token: 'guess.guess' }],
  ])('says %s', async (code, changes) => {
    expect(codeOf(await refresh(await signedIn(), changes))).toBe(code);
  });

  it("says refresh_token_not_found to another session's refresh token", async () => {
    const { refresh_token } = await signedIn();

    expect(codeOf(await refresh(await signedIn(), { refresh_token }))).toBe('refresh_token_not_found');
  });

  it('says refresh_sid_mismatch when the path names another session', async () => {
    const other = await signedIn();

    expect(codeOf(await refresh(await signedIn(), {}, { id: other.sessionId }))).toBe('refresh_sid_mismatch');
  });

  it('says expired_session_token_missing_azp to a token that a server was given', async () => {
    const known = await signedIn();
    const { jwt } = (await bapi.post(`/v1/sessions/${known.sessionId}/tokens`)).body;

    expect(codeOf(await refresh(known, { expired_token: jwt }))).toBe('expired_session_token_missing_azp');
  });

  it('says expired_session_token_invalid to the token of a template, which may say what it likes', async () => {
    const known = await signedIn();
    await bapi.post('/v1/jwt_templates', { name: 'sneaky', claims: { sid: known.sessionId } });
    const { jwt } = (await known.browser.post(`/v1/client/sessions/${known.sessionId}/tokens/sneaky`)).body;

    expect(codeOf(await refresh(known, { expired_token: jwt }))).toBe('expired_session_token_invalid');
  });

  it('says session_refresh_inactive_session once the session is over', async () => {
    const known = await signedIn();
    await bapi.post(`/v1/sessions/${known.sessionId}/revoke`);

    expect(codeOf(await refresh(known))).toBe('session_refresh_inactive_session');
  });

  it('says session_refresh_expired_session_token_too_old after a day', async () => {
    const known = await signedIn();
    clock.advance(24 * 3_600_000 + 1000);

    expect(codeOf(await refresh(known))).toBe('session_refresh_expired_session_token_too_old');
  });

  it('takes no token of another instance', async () => {
    const other = await anotherInstance();

    expect(codeOf(await refresh(await signedIn(), {}, { by: other.bapi }))).toBe('expired_session_token_invalid');
  });
});
