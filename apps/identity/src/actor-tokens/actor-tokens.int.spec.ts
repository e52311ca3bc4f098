import { useLatchkey } from '@latchkey/testing';

const { anotherInstance, bapi, browser, clock, given } = useLatchkey();

const ACTOR = { sub: 'user_support', iss: 'https://support.example.com' };
const SIGN_INS = '/v1/client/sign_ins';

async function token(userId: string, fields: object = {}) {
  const { body } = await bapi.post('/v1/actor_tokens', { user_id: userId, actor: ACTOR, ...fields });
  return { id: String(body.id), ticket: String(body.token) };
}

const signIn = (ticket: string, chrome = browser()) => chrome.post(SIGN_INS, { strategy: 'ticket', ticket });

const claimsOf = (jwt: string): Record<string, unknown> =>
  JSON.parse(Buffer.from(jwt.split('.')[1]!, 'base64url').toString()) as Record<string, unknown>;

describe('BAPI CreateActorToken', () => {
  it('makes a token whose session says who acts', async () => {
    const { userId } = await given.signedInBrowser();

    const { status, body } = await bapi.post('/v1/actor_tokens', { user_id: userId, actor: ACTOR });

    expect(status).toBe(200);
    expect(body).toMatchObject({ object: 'actor_token', status: 'pending', user_id: userId, actor: ACTOR });
    const { body: signedIn } = await signIn(body.token);
    expect(signedIn.response.status).toBe('complete');
    const [session] = signedIn.client.sessions;
    expect(session).toMatchObject({ actor: ACTOR, user: { id: userId } });
    expect(claimsOf(session.last_active_token.jwt)).toMatchObject({ sub: userId, act: ACTOR });
  });

  it("ends the client's own sessions, and lets no other begin beside it", async () => {
    const { userId } = await given.signedInBrowser();
    const { browser: chrome, email } = await given.signedInBrowser();
    const { ticket } = await token(userId);

    const { body } = await signIn(ticket, chrome);
    expect(body.client.sessions.map((session: { user: { id: string } }) => session.user.id)).toEqual([userId]);

    const refused = await chrome.post(SIGN_INS, { identifier: email });
    expect(refused.status).toBe(409);
    expect(refused.body.errors[0].code).toBe('session_creation_not_allowed');
  });

  it('signs out on the way, so that the sign-in page takes the ticket', async () => {
    const { userId } = await given.signedInBrowser();
    const { browser: chrome } = await given.signedInBrowser();
    const { ticket } = await token(userId);

    const { status, headers } = await chrome.get('/v1/tickets/accept', { ticket });

    expect(status).toBe(303);
    expect(new URL(String(headers.location)).searchParams.get('__clerk_ticket')).toBe(ticket);
    expect((await chrome.get('/v1/client')).body.response.sessions).toEqual([]);
  });

  it('has one winner when a token is used three times at once', async () => {
    const { userId } = await given.signedInBrowser();
    const { ticket } = await token(userId);

    const replies = await Promise.all([signIn(ticket), signIn(ticket), signIn(ticket)]);

    expect(replies.map((reply) => reply.status).sort()).toEqual([200, 400, 400]);
    const refused = replies.find((reply) => reply.status === 400)!;
    expect(refused.body.errors[0].code).toBe('actor_token_already_used_code');
  });

  it('lasts as long as it is told to, and so does its session', async () => {
    const { userId } = await given.signedInBrowser();
    const late = await token(userId, { expires_in_seconds: 60 });
    clock.advance(61_000);
    expect((await signIn(late.ticket)).status).toBe(400);

    const { ticket } = await token(userId, { session_max_duration_in_seconds: 120 });
    const { body } = await signIn(ticket);
    const [session] = body.client.sessions;
    expect(session.expire_at - session.created_at).toBe(120_000);
  });

  it('refuses an actor without `sub`, and an unknown user', async () => {
    const { userId } = await given.signedInBrowser();
    const other = await anotherInstance();

    const nobody = await bapi.post('/v1/actor_tokens', { user_id: userId, actor: {} });
    expect(nobody.status).toBe(422);
    expect(nobody.body.errors[0]).toMatchObject({ code: 'form_param_missing', meta: { param_name: 'actor.sub' } });
    const foreign = await other.bapi.post('/v1/actor_tokens', { user_id: userId, actor: ACTOR });
    expect(foreign.status).toBe(422);
    expect(foreign.body.errors[0].code).toBe('form_resource_not_found');
  });
});

describe('BAPI RevokeActorToken', () => {
  it('withdraws a pending token, once', async () => {
    const { userId } = await given.signedInBrowser();
    const { id, ticket } = await token(userId);

    const { status, body } = await bapi.post(`/v1/actor_tokens/${id}/revoke`);

    expect(status).toBe(200);
    expect(body).toMatchObject({ id, status: 'revoked' });
    expect((await signIn(ticket)).body.errors[0].code).toBe('actor_token_revoked_code');
    const again = await bapi.post(`/v1/actor_tokens/${id}/revoke`);
    expect(again.status).toBe(400);
    expect(again.body.errors[0].code).toBe('actor_token_cannot_be_revoked_code');
    expect((await bapi.post('/v1/actor_tokens/act_unknown/revoke')).status).toBe(404);
  });
});
