import { createClerkClient } from '@clerk/backend';
import { useLatchkey, type SignedIn, type TestInstance, until } from '@latchkey/testing';
import { decodeJwt } from 'jose';
import { Client } from 'pg';

/** Sessions of a large organization: more than are done with the event. */
const MANY = 3_000;

const latchkey = useLatchkey({ settings: { organizations: { enabled: true } } });
const { bapi, given, events } = latchkey;

const refusal = ({ status, body }: { status: number; body: { errors: { code: string }[] } }) => ({
  status,
  code: body.errors[0]?.code,
});
const foreign = { status: 404, code: 'organization_not_found_or_unauthorized' };

const touch = ({ browser, sessionId }: SignedIn, organization: string | null) =>
  browser.post(`/v1/client/sessions/${sessionId}/touch`, { active_organization_id: organization });
async function claimsOf(
  { browser, sessionId }: Pick<SignedIn, 'browser' | 'sessionId'>,
  fields: Record<string, string> = {},
  query = {},
) {
  const { body } = await browser.post(`/v1/client/sessions/${sessionId}/tokens`, fields, query);
  return decodeJwt<{ o?: { id: string }; sts?: string }>(body.jwt);
}

describe('FAPI touchSession with an organization', () => {
  it('makes it active at once, by id or by slug, in the very next token', async () => {
    const ada = await given.signedInBrowser();
    const { id, slug } = await given.organization(ada.userId);

    const { body } = await touch(ada, id);

    expect(body.response.last_active_organization_id).toBe(id);
    const o = { id, slg: slug, rol: 'admin' };
    expect(decodeJwt(body.response.last_active_token.jwt)).toMatchObject({ v: 2, o });
    expect(await claimsOf(ada)).toMatchObject({ o });
    expect(await claimsOf(ada, {}, { __clerk_api_version: '2024-10-01' })).toMatchObject({
      org_id: id,
      org_slug: slug,
      org_role: 'org:admin',
      org_permissions: [],
    });
    await touch(ada, null);
    expect(await claimsOf(ada)).not.toHaveProperty('o');
    await touch(ada, slug);
    expect(await claimsOf(ada)).toMatchObject({ o });
  });

  it('is seen by @clerk/backend, without the permissions of the system', async () => {
    const ada = await given.signedInBrowser();
    const { id } = await given.organization(ada.userId);
    const { jwt } = (await touch(ada, id)).body.response.last_active_token;
    const { instance, bapiUrl } = latchkey.at;
    const { secretKey, publishableKey } = instance;
    const clerk = createClerkClient({ apiUrl: bapiUrl, secretKey, publishableKey, telemetry: { disabled: true } });

    const headers = { authorization: `Bearer ${jwt}` };
    const auth = (await clerk.authenticateRequest(new Request('http://localhost:3000/', { headers }))).toAuth();

    expect(auth).toMatchObject({ userId: ada.userId, orgId: id, orgRole: 'org:admin', orgPermissions: [] });
  });

  it('refuses those that the user does not belong to, and keeps the one before', async () => {
    const ada = await given.signedInBrowser();
    const bob = await given.signedInBrowser();
    const { id } = await given.organization(ada.userId);
    const { id: theirs } = await given.organization(bob.userId);
    await touch(ada, id);

    expect(refusal(await touch(ada, theirs))).toEqual(foreign);
    expect((await claimsOf(ada)).o?.id).toBe(id);
  });
});

describe('FAPI createSessionToken with an organization', () => {
  it('is for it alone; the active one stays', async () => {
    const ada = await given.signedInBrowser();
    const [first, second] = [await given.organization(ada.userId), await given.organization(ada.userId)];
    await touch(ada, first.id);

    expect((await claimsOf(ada, { organization_id: second.id })).o?.id).toBe(second.id);
    expect(await claimsOf(ada, { organization_id: '' })).not.toHaveProperty('o');
    expect((await claimsOf(ada)).o?.id).toBe(first.id);
  });

  it("leaves an organization out as soon as the user doesn't belong to it", async () => {
    const ada = await given.signedInBrowser();
    const bob = await given.signedInBrowser();
    const { id } = await given.organization(ada.userId);
    await bapi.post(`/v1/organizations/${id}/memberships`, { user_id: bob.userId, role: 'org:member' });
    await touch(bob, id);
    expect(await claimsOf(bob)).toMatchObject({ o: { id, rol: 'member' } });

    await bapi.delete(`/v1/organizations/${id}/memberships/${bob.userId}`);

    expect(await claimsOf(bob)).not.toHaveProperty('o');
    const asked = await bob.browser.post(`/v1/client/sessions/${bob.sessionId}/tokens`, { organization_id: id });
    expect(refusal(asked)).toEqual(foreign);
    await events.settled();
    const { sessions } = (await bob.browser.get('/v1/client')).body.response;
    expect(sessions[0].last_active_organization_id).toBeNull();
  });

  it('says the role of the next token as it is after a change', async () => {
    const ada = await given.signedInBrowser();
    const bob = await given.signedInBrowser();
    const { id } = await given.organization(ada.userId);
    await bapi.post(`/v1/organizations/${id}/memberships`, { user_id: bob.userId, role: 'org:member' });
    await touch(bob, id);

    await bapi.patch(`/v1/organizations/${id}/memberships/${bob.userId}`, { role: 'org:admin' });

    expect(await claimsOf(bob)).toMatchObject({ o: { rol: 'admin' } });
  });
});

describe('the permissions of a role', () => {
  it('are in the token, packed as @clerk/backend unpacks them, and follow a change of the role', async () => {
    const ada = await given.signedInBrowser();
    const permission = async (key: string) =>
      (await bapi.post('/v1/organization_permissions', { name: key, key })).body.id as string;
    const read = await permission('org:docs:read');
    const write = await permission('org:docs:write');
    const send = await permission('org:invoices:send');
    const role = {
      name: 'Editor',
      key: 'org:editor',
      permissions: [read, write, send],
      include_in_initial_role_set: true,
    };
    const { id: roleId } = (await bapi.post('/v1/organization_roles', role)).body;
    const { id } = await given.organization(ada.userId);
    const bob = await given.signedInBrowser();
    await bapi.post(`/v1/organizations/${id}/memberships`, { user_id: bob.userId, role: 'org:editor' });
    const { jwt } = (await touch(bob, id)).body.response.last_active_token;

    expect(decodeJwt(jwt)).toMatchObject({
      fea: 'o:docs,o:invoices',
      o: { rol: 'editor', per: 'read,send,write', fpm: '5,2' },
    });
    const { instance, bapiUrl } = latchkey.at;
    const { secretKey, publishableKey } = instance;
    const clerk = createClerkClient({ apiUrl: bapiUrl, secretKey, publishableKey, telemetry: { disabled: true } });
    const request = new Request('http://localhost:3000/', { headers: { authorization: `Bearer ${jwt}` } });
    const auth = (await clerk.authenticateRequest(request, { acceptsToken: 'session_token' })).toAuth();
    expect(auth?.has({ permission: 'org:docs:write' })).toBe(true);
    expect(auth?.has({ permission: 'org:invoices:write' })).toBe(false);

    await bapi.delete(`/v1/organization_roles/${roleId}/permissions/${send}`);
    expect(await claimsOf(bob)).toMatchObject({ fea: 'o:docs', o: { per: 'read,write', fpm: '3' } });
  });
});

describe('FAPI handshakeClient with an organization', () => {
  it('makes it active by id or slug, and changes nothing for one that the user does not belong to', async () => {
    const ada = await given.signedInBrowser();
    const { id, slug } = await given.organization(ada.userId);
    const foreignId = (await given.organization((await given.signedInBrowser()).userId)).id;
    const token = await ada.browser.devBrowserToken();
    const activeAfter = async (organization: string) => {
      const query = new URLSearchParams({
        redirect_url: 'http://localhost:3000/',
        organization_id: organization,
        __clerk_db_jwt: token,
      });
      const visit = await fetch(`${latchkey.at.fapiUrl}/v1/client/handshake?${query}`, { redirect: 'manual' });
      expect(visit.status).toBe(307);
      const { body } = await ada.browser.get('/v1/client');
      return body.response.sessions[0].last_active_organization_id;
    };

    expect(await activeAfter(slug)).toBe(id);
    expect(await activeAfter(foreignId)).toBe(id);
    expect(await activeAfter('org_none')).toBe(id);
    expect(await activeAfter('')).toBeNull();
    expect(await activeAfter(id)).toBe(id);
  });
});

describe('the organization that a server has put a user into', () => {
  /** A session that the user begins a moment later; the organization that is active in it. */
  const signIn = async (
    userId: string,
    { bapi: server, browser } = latchkey as Pick<TestInstance, 'bapi' | 'browser'>,
  ) => {
    latchkey.clock.advance(1_000);
    const { body } = await server.post('/v1/sign_in_tokens', { user_id: userId });
    const tab = browser();
    const signedIn = await tab.post('/v1/client/sign_ins', { strategy: 'ticket', ticket: body.token });
    const session = signedIn.body.client.sessions[0];
    latchkey.clock.advance(1_000);
    return {
      browser: tab,
      userId,
      sessionId: String(session.id),
      active: session.last_active_organization_id,
      session,
    };
  };

  it('is active in their next session, and in no later one', async () => {
    const { userId } = await given.signedInBrowser();
    latchkey.clock.advance(1_000);
    const { id } = await given.organization(userId);

    const first = await signIn(userId);

    expect(first.active).toBe(id);
    expect(await claimsOf(first)).toMatchObject({ o: { id } });
    expect((await signIn(userId)).active).toBeNull();
  });

  it('is the last of several, and none that a member has added them to', async () => {
    const { userId } = await given.signedInBrowser();
    const owner = await given.signedInBrowser();
    const join = async (
      by: (path: string, fields: { user_id: string; role: string }) => Promise<{ status: number }>,
    ) => {
      const { id } = await given.organization(owner.userId);
      latchkey.clock.advance(1_000);
      const { status } = await by(`/v1/organizations/${id}/memberships`, { user_id: userId, role: 'org:member' });
      expect(status).toBe(200);
      return id;
    };
    await join(bapi.post);
    const last = await join(bapi.post);
    await join(owner.browser.post);

    expect((await signIn(userId)).active).toBe(last);
  });

  it('is active in a session that the server begins, unless that names another', async () => {
    const { userId } = await given.signedInBrowser();
    const chosen = await given.organization(userId);
    latchkey.clock.advance(1_000);
    const { id } = await given.organization(userId);
    const begin = async (fields: object) => {
      const { body } = await bapi.post('/v1/sessions', { user_id: userId, ...fields });
      return body.last_active_organization_id;
    };

    expect(await begin({})).toBe(id);
    latchkey.clock.advance(1_000);
    await given.organization(userId);
    expect(await begin({ active_organization_id: chosen.id })).toBe(chosen.id);
  });

  it('leaves nothing to choose where there must be one', async () => {
    const organizations = { enabled: true, force_organization_selection: true };
    const instance = await latchkey.anotherInstance({ settings: { organizations } });
    const { userId } = await instance.given.signedInBrowser();
    latchkey.clock.advance(1_000);
    const { id } = await instance.given.organization(userId);

    const { session } = await signIn(userId, instance);

    expect(session).toMatchObject({ status: 'active', tasks: null, last_active_organization_id: id });
  });
});

describe('the task to choose an organization', () => {
  let instance: TestInstance;
  beforeAll(async () => {
    const organizations = { enabled: true, force_organization_selection: true };
    instance = await latchkey.anotherInstance({ settings: { organizations } });
  });

  it('keeps a session pending until one is chosen, and then there is no way back', async () => {
    const ada = await instance.given.signedInBrowser();
    const [session] = (await ada.browser.get('/v1/client')).body.response.sessions;
    expect(session).toMatchObject({ status: 'pending', tasks: [{ key: 'choose-organization' }] });
    expect(await claimsOf(ada)).toMatchObject({ sts: 'pending' });
    const told = await events.of('session.pending', ada.userId);
    expect(told.map(({ data }) => data)).toMatchObject([
      { id: ada.sessionId, status: 'pending', tasks: [{ key: 'choose-organization' }] },
    ]);

    const { id } = await instance.given.organization(ada.userId);
    const { body } = await touch(ada, id);

    expect(body.response).toMatchObject({ status: 'active', tasks: null, last_active_organization_id: id });
    expect(await claimsOf(ada)).toMatchObject({ sts: 'active', o: { id } });
    expect((await touch(ada, null)).body.response.last_active_organization_id).toBe(id);
    expect(await claimsOf(ada, { organization_id: '' })).toMatchObject({ o: { id } });
  });

  it('comes back when the user has left the organization', async () => {
    const ada = await instance.given.signedInBrowser();
    const { id } = await instance.given.organization(ada.userId);
    await touch(ada, id);

    await instance.bapi.delete(`/v1/organizations/${id}`);
    await events.settled();

    expect(await claimsOf(ada)).toMatchObject({ sts: 'pending' });
  });

  it('comes to everybody when a large organization is deleted', async () => {
    const ada = await instance.given.signedInBrowser();
    const { id } = await instance.given.organization(ada.userId);
    await touch(ada, id);
    const db = new Client({ connectionString: latchkey.at.databaseUrls.identity });
    await db.connect();
    const copies = `FROM generate_series(1, ${MANY}) AS n, `;
    await db.query(
      `INSERT INTO clients (id, instance_id, rotating_token, rotated_at) SELECT c.id || n, c.instance_id, 'none', now()
       ${copies} clients c JOIN sessions s ON s.client_id = c.id WHERE s.id = $1`,
      [ada.sessionId],
    );
    await db.query(
      `INSERT INTO sessions (id, instance_id, client_id, user_id, status, last_active_organization_id, last_active_at, expire_at,
         abandon_at, activity) SELECT s.id || n, s.instance_id, s.client_id || n, 'user_nobody' || n, 'active',
         s.last_active_organization_id, s.last_active_at, s.expire_at, s.abandon_at, s.activity
       ${copies} sessions s WHERE s.id = $1`,
      [ada.sessionId],
    );
    const left = async () =>
      Number(
        (await db.query('SELECT count(*) FROM sessions WHERE last_active_organization_id = $1', [id])).rows[0].count,
      );
    expect(await left()).toBe(MANY + 1);

    await instance.bapi.delete(`/v1/organizations/${id}`);
    await events.settled();

    await until('the organization is active in no session', async () => (await left()) === 0, 20_000);
    await db.end();
    await until('another one is to be chosen', async () => (await claimsOf(ada)).sts === 'pending', 20_000);
  }, 60_000);

  it('comes to those, too, whom the version before has left to a process that died', async () => {
    const ada = await instance.given.signedInBrowser();
    const { id } = await instance.given.organization(ada.userId);
    await touch(ada, id);
    await instance.given.organization(ada.userId);
    const db = new Client({ connectionString: latchkey.at.databaseUrls.identity });
    await db.connect();
    await db.query(
      `INSERT INTO departed_organizations (organization_id, instance_id)
       SELECT $2, instance_id FROM sessions WHERE id = $1`,
      [ada.sessionId, id],
    );
    await db.end();

    latchkey.clock.advance(6 * 60_000);
    await latchkey.sweep();

    await until('another one is to be chosen', async () => (await claimsOf(ada)).sts === 'pending');
  });
});
