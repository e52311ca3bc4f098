import { useLatchkey } from '@latchkey/testing';

const { anotherInstance, bapi, browser, clock, events, given } = useLatchkey();

const SIGN_INS = '/v1/client/sign_ins';

async function token(userId: string, fields: object = {}) {
  const { body } = await bapi.post('/v1/sign_in_tokens', { user_id: userId, ...fields });
  return { id: String(body.id), ticket: String(body.token), url: String(body.url) };
}

const signIn = (ticket: string, chrome = browser()) => chrome.post(SIGN_INS, { strategy: 'ticket', ticket });

describe('BAPI CreateSignInToken', () => {
  it('makes a token that signs its user in', async () => {
    const { userId } = await given.signedInBrowser();

    const { status, body } = await bapi.post('/v1/sign_in_tokens', { user_id: userId, expires_in_seconds: 60 });

    expect(status).toBe(200);
    expect(body).toMatchObject({ object: 'sign_in_token', status: 'pending', user_id: userId });
    const { body: signedIn } = await signIn(body.token);
    expect(signedIn.response).toMatchObject({
      status: 'complete',
      first_factor_verification: { status: 'verified', strategy: 'ticket' },
    });
    expect(signedIn.client.sessions[0].user.id).toBe(userId);
  });

  it('leads from its address to the sign-in page, with the ticket', async () => {
    const { userId } = await given.signedInBrowser();
    const { ticket, url } = await token(userId);
    const { pathname } = new URL(url);

    const { status, headers } = await browser().get(pathname, { ticket });

    expect(status).toBe(303);
    const target = new URL(String(headers.location));
    expect(target.pathname).toBe('/sign-in');
    expect(target.searchParams.get('__clerk_ticket')).toBe(ticket);
    expect(target.searchParams.get('__clerk_status')).toBe('sign_in');
  });

  it('refuses a user of another instance', async () => {
    const other = await anotherInstance();
    const { userId } = await other.given.signedInBrowser();

    const { status, body } = await bapi.post('/v1/sign_in_tokens', { user_id: userId });

    expect(status).toBe(404);
    expect(body.errors[0].code).toBe('resource_not_found');
  });

  it.each([
    [{ expires_in_seconds: 0 }, 'form_param_value_invalid'],
    [{ user_id: undefined }, 'form_param_missing'],
  ])('refuses %j', async (fields, code) => {
    const { status, body } = await bapi.post('/v1/sign_in_tokens', { user_id: 'user_x', ...fields });

    expect(status).toBe(422);
    expect(body.errors[0].code).toBe(code);
  });

  it('makes tokens whose time ends', async () => {
    const { userId } = await given.signedInBrowser();
    const { ticket } = await token(userId, { expires_in_seconds: 60 });
    clock.advance(61_000);

    const { status, body } = await signIn(ticket);

    expect(status).toBe(400);
    expect(body.errors[0].code).toBe('ticket_expired_code');
  });

  it('makes tokens that work once: of three callers one gets in', async () => {
    const { userId } = await given.signedInBrowser();
    const { ticket } = await token(userId);

    const replies = await Promise.all([signIn(ticket), signIn(ticket), signIn(ticket)]);

    expect(replies.map((reply) => reply.status).sort()).toEqual([200, 400, 400]);
    expect(replies.find((reply) => reply.status === 400)!.body.errors[0].code).toBe('sign_in_token_already_used_code');
    expect(await events.of('session.created', userId)).toHaveLength(2);
  });

  it('keeps a token that a signed-in client could not use', async () => {
    const { browser: chrome, userId } = await given.signedInBrowser();
    const { ticket } = await token(userId);

    expect((await signIn(ticket, chrome)).body.errors[0].code).toBe('session_exists');
    expect((await signIn(ticket)).body.response.status).toBe('complete');
  });

  it('makes tokens that only their instance accepts, and no text passes for one', async () => {
    const { userId, browser: chrome } = await given.signedInBrowser();
    const { ticket } = await token(userId);
    const other = await anotherInstance();
    const sessionToken = (await chrome.get('/v1/client')).body.response.sessions[0].last_active_token.jwt;

    for (const reply of [
      await other.browser().post(SIGN_INS, { strategy: 'ticket', ticket }),
      await signIn('nonsense'),
      await signIn(sessionToken),
    ]) {
      expect(reply.status).toBe(400);
      expect(reply.body.errors[0].code).toBe('ticket_invalid_code');
    }
  });

  it.each([
    { expires_in_seconds: Number.MAX_SAFE_INTEGER },
    { org_id: 'org_'.repeat(100) },
    { org_id: 'org_\0' },
    { org_id: '\ud800' },
  ])('refuses %j as a problem of the parameter', async (fields) => {
    const { userId } = await given.signedInBrowser();

    const { status, body } = await bapi.post('/v1/sign_in_tokens', { user_id: userId, ...fields });

    expect(status).toBe(422);
    expect(body.errors[0].meta.param_name).toBe(Object.keys(fields)[0]);
  });
});

describe('BAPI RevokeSignInToken', () => {
  it('withdraws a pending token', async () => {
    const { userId } = await given.signedInBrowser();
    const { id, ticket } = await token(userId);

    const { status, body } = await bapi.post(`/v1/sign_in_tokens/${id}/revoke`);

    expect(status).toBe(200);
    expect(body).toMatchObject({ id, status: 'revoked' });
    expect((await signIn(ticket)).body.errors[0].code).toBe('sign_in_token_revoked_code');
  });

  it('refuses one that was used, and knows none of another id', async () => {
    const { userId } = await given.signedInBrowser();
    const { id, ticket } = await token(userId);
    await signIn(ticket);

    const { status, body } = await bapi.post(`/v1/sign_in_tokens/${id}/revoke`);

    expect(status).toBe(400);
    expect(body.errors[0].code).toBe('sign_in_token_cannot_be_revoked_code');
    expect((await bapi.post('/v1/sign_in_tokens/sit_unknown/revoke')).status).toBe(404);
  });
});
