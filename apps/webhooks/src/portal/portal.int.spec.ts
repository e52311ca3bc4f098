import { Svix } from 'svix';
import { startWebhooks, type Webhooks } from '../../test/start-webhooks.js';

let webhooks: Webhooks;
beforeAll(async () => {
  webhooks = await startWebhooks();
}, 60_000);
afterAll(() => webhooks?.stop());

const statusOf = (call: Promise<unknown>) =>
  call.then(
    () => 200,
    ({ code }: { code: number }) => code,
  );

async function bapi(instanceId: string, method: string, path: string) {
  const response = await fetch(`${webhooks.url}/bapi/v1/webhooks/${path}`, {
    method,
    headers: webhooks.header(instanceId),
  });
  const text = await response.text();
  const body = (text ? JSON.parse(text) : undefined) as { svix_url?: string; errors?: { code: string }[] } | undefined;
  return { status: response.status, url: body?.svix_url, code: body?.errors?.[0]?.code };
}

async function open(url: string) {
  const response = await fetch(`${webhooks.url}/portal/open`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ key: new URL(url).hash.replace('#key=', '') }),
  });
  return { status: response.status, ...((await response.json()) as { token: string; appId: string }) };
}

/** The real client with the token of a portal session. */
const portal = (token: string) => new Svix(token, { serverUrl: `${webhooks.url}/portal` });

describe('BAPI CreateSvixApp, DeleteSvixApp, GenerateSvixAuthURL', () => {
  it('makes the application once, hands out links, and removes it with its endpoints', async () => {
    const { svix, instanceId } = webhooks.svix();
    expect(await bapi(instanceId, 'POST', 'svix_url')).toMatchObject({ status: 400, code: 'svix_app_missing' });
    expect(await bapi(instanceId, 'DELETE', 'svix')).toMatchObject({ status: 400, code: 'svix_app_missing' });
    await svix.endpoint.create(instanceId, { url: 'https://example.com' });

    const created = await bapi(instanceId, 'POST', 'svix');
    expect(created).toMatchObject({ status: 200, url: expect.stringMatching(/\/webhooks-portal\/login#key=appsk_/) });
    expect(await bapi(instanceId, 'POST', 'svix')).toMatchObject({ status: 400, code: 'svix_app_exists' });
    expect((await svix.endpoint.list(instanceId)).data).toHaveLength(1);
    expect(await bapi(instanceId, 'POST', 'svix_url')).toMatchObject({
      status: 200,
      url: expect.stringContaining('#key='),
    });

    expect((await bapi(instanceId, 'DELETE', 'svix')).status).toBe(204);
    expect((await svix.endpoint.list(instanceId)).data).toEqual([]);
    expect((await bapi(instanceId, 'POST', 'svix')).status).toBe(200);
  });

  it('takes the application that has endpoints for the one, whoever has made them', async () => {
    const { svix, instanceId } = webhooks.svix();
    await svix.endpoint.create(instanceId, { url: 'https://example.com' });

    expect((await bapi(instanceId, 'POST', 'svix_url')).status).toBe(200);
    expect(await bapi(instanceId, 'POST', 'svix')).toMatchObject({ status: 400, code: 'svix_app_exists' });
    expect((await bapi(instanceId, 'DELETE', 'svix')).status).toBe(204);
    expect(await bapi(instanceId, 'POST', 'svix_url')).toMatchObject({ status: 400, code: 'svix_app_missing' });
  });

  it('has one winner when three create it at once', async () => {
    const { instanceId } = webhooks.svix();
    const replies = await Promise.all([1, 2, 3].map(() => bapi(instanceId, 'POST', 'svix')));

    expect(replies.map(({ status }) => status).sort()).toEqual([200, 400, 400]);
  });
});

describe('a link into the portal', () => {
  it('opens one session, once, also when two use it at the same moment', async () => {
    const { instanceId } = webhooks.svix();
    const { url } = await bapi(instanceId, 'POST', 'svix');

    const [one, two] = await Promise.all([open(url!), open(url!)]);
    const session = one.status === 200 ? one : two;

    expect([one.status, two.status].sort()).toEqual([200, 401]);
    expect((await open(url!)).status).toBe(401);
    await portal(session.token).endpoint.create(session.appId, { url: 'https://example.com' });
    expect((await portal(session.token).endpoint.list(instanceId)).data).toHaveLength(1);
  });

  it('is too old after an hour, and its session after a week', async () => {
    const { instanceId } = webhooks.svix();
    const first = await bapi(instanceId, 'POST', 'svix');
    webhooks.clock.advance(3_600_000);
    expect((await open(first.url!)).status).toBe(401);

    const { url } = await bapi(instanceId, 'POST', 'svix_url');
    const { token } = await open(url!);
    expect(await statusOf(portal(token).endpoint.list(instanceId))).toBe(200);
    webhooks.clock.advance(7 * 86_400_000);
    expect(await statusOf(portal(token).endpoint.list(instanceId))).toBe(401);
  });
});

describe('a page that the portal does not have', () => {
  it('is refused as the API refuses, with no path of this service', async () => {
    for (const path of ['', '/nonsense', '/assets/nonsense.js']) {
      const answer = await fetch(`${webhooks.url}/portal${path}`);
      expect([answer.status, await answer.json()]).toEqual([404, { code: 'not_found', detail: expect.any(String) }]);
    }
  });
});

describe('svix.authentication', () => {
  it('gives a token for one application, no more than its capabilities allow', async () => {
    const { svix, instanceId } = webhooks.svix();
    const { id } = await svix.endpoint.create(instanceId, { url: 'https://example.com' });
    const { token } = await svix.authentication.appPortalAccess(instanceId, {
      capabilities: ['ViewBase', 'CreateAttempts'] as never[],
    });
    const client = portal(token);

    expect(await statusOf(client.endpoint.list(instanceId))).toBe(200);
    expect(await statusOf(client.endpoint.sendExample(instanceId, id, { eventType: 'user.created' }))).toBe(200);
    expect(await statusOf(client.endpoint.getSecret(instanceId, id))).toBe(403);
    expect(await statusOf(client.endpoint.delete(instanceId, id))).toBe(403);
    expect(await statusOf(client.message.create(instanceId, { eventType: 'x', payload: {} }))).toBe(403);
    expect(await statusOf(client.application.list())).toBe(403);
    expect(await statusOf(client.authentication.appPortalAccess(instanceId))).toBe(403);
  });

  it('gives no access to another application, of the same instance or another', async () => {
    const { svix, instanceId } = webhooks.svix();
    const other = await svix.application.create({ name: 'Other', uid: 'other' });
    const stranger = webhooks.svix();
    const { token } = await svix.authentication.appPortalAccess(instanceId);

    for (const app of ['other', other.id, stranger.instanceId]) {
      expect(await statusOf(portal(token).endpoint.list(app))).toBe(403);
    }
    expect(await statusOf(portal('appsk_made_up').endpoint.list(instanceId))).toBe(401);
  });

  it('ends a session, or all of an application', async () => {
    const { svix, instanceId } = webhooks.svix();
    const access = async (sessionId?: string) =>
      portal((await svix.authentication.appPortalAccess(instanceId, { sessionId })).token);
    const [one, two, three] = [await access(), await access('s'), await access('t')];

    await one.authentication.logout();
    await svix.authentication.expireAll(instanceId, { sessionIds: ['s'] });
    const statuses = () => Promise.all([one, two, three].map((client) => statusOf(client.endpoint.list(instanceId))));
    expect(await statuses()).toEqual([401, 401, 200]);
    await svix.authentication.expireAll(instanceId);
    expect(await statuses()).toEqual([401, 401, 401]);
  });
});
