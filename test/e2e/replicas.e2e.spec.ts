/**
 * Two gateways, each with an identity of its own behind it: what one does the other must know.
 *
 * @needs kafka redis
 * @only distributed
 */
import { randomBytes } from 'node:crypto';
import { BapiClient } from '../../libs/testing/src/bapi-client.js';
import { TestBrowser } from '../../libs/testing/src/browser.js';
import { PASSWORD, testEmail } from '../../libs/testing/src/given.js';
import { send } from '../../libs/testing/src/http-client.js';
import { eventually } from '../faults/eventually.js';
import { declareThrough, startReplica, type Replica } from './replica.js';

/** How late a gateway may learn of a changed setting: `docs/guides/distributed.md`. */
const SETTINGS_MS = 5_000;
const WINDOW_S = 10;

let replicas: [Replica, Replica];

beforeAll(async () => {
  replicas = await Promise.all([startReplica(), startReplica()]);
}, 120_000);
afterAll(() => Promise.all((replicas ?? []).map((replica) => replica.stop())), 60_000);

/** An instance of one test's own, so that what it spends of the limits is nobody else's. */
async function tenant() {
  const name = `replicas-${randomBytes(8).toString('hex')}`;
  const host = `${name}.latchkey.test`;
  const secretKey = `sk_test_${randomBytes(24).toString('hex')}`;
  await declareThrough(replicas[0], {
    name,
    environment: 'development',
    frontend_api: `${host}/accounts.dev`,
    fapi_url: `http://${host}`,
    secret_keys: [secretKey],
  });
  const target = { url: replicas[0].fapiUrl, host };
  const browser = new TestBrowser(target);
  const bapi = (replica: Replica) => new BapiClient(() => ({ url: replica.bapiUrl, secretKey }));
  /** The one browser of this tenant, whose requests go through this replica from now on. */
  const through = (replica: Replica) => ((target.url = replica.fapiUrl), browser);
  const newUser = async (replica: Replica) => {
    const reply = await bapi(replica).post('/v1/users', { email_address: [testEmail()], password: PASSWORD });
    return String(reply.body.id);
  };
  const signIn = async (replica: Replica) => {
    const userId = await newUser(replica);
    const { body } = await bapi(replica).post('/v1/sign_in_tokens', { user_id: userId });
    const ticket = String(body.token);
    const reply = await through(replica).post('/v1/client/sign_ins', { strategy: 'ticket', ticket });
    return { userId, sessionId: String(reply.body.response.created_session_id) };
  };
  return { bapi, browser: through, newUser, signIn };
}

describe('two replicas of gateway and identity', () => {
  it('count one address together: the sign-ins that it may begin', async () => {
    const { browser } = await tenant();
    const statuses: number[] = [];
    let retryAfter = 0;
    for (let n = 0; n < 10; n++) {
      const reply = await browser(replicas[n % 2]!).post('/v1/client/sign_ins', {
        identifier: `nobody-${n}@example.com`,
      });
      statuses.push(reply.status);
      if (reply.status === 429) retryAfter = Number(reply.headers['retry-after']);
    }

    expect(statuses.map((status) => status === 429)).toEqual(Array.from({ length: 10 }, (_, n) => n >= 5));
    expect(retryAfter).toBeGreaterThanOrEqual(1);
    expect(retryAfter).toBeLessThanOrEqual(WINDOW_S);
  });

  it('count the changes of one user together, also when they come at once', async () => {
    const { bapi, newUser } = await tenant();
    const id = await newUser(replicas[0]);

    const replies = await Promise.all(
      Array.from({ length: 14 }, (_, n) =>
        bapi(replicas[n % 2]!).patch(`/v1/users/${id}/metadata`, { public_metadata: { n } }),
      ),
    );

    expect(replies.map(({ status }) => status).sort()).toEqual([...Array(10).fill(200), ...Array(4).fill(429)]);
  });

  it('refuse a session at its next call that was revoked through the other', async () => {
    const { bapi, browser, signIn } = await tenant();
    const { sessionId } = await signIn(replicas[0]);
    const token = `/v1/client/sessions/${sessionId}/tokens`;
    for (const replica of replicas) expect((await browser(replica).post(token)).status).toBe(200);

    expect((await bapi(replicas[0]).post(`/v1/sessions/${sessionId}/revoke`)).status).toBe(200);
    const refused = await browser(replicas[1]).post(token);
    const client = await browser(replicas[1]).get('/v1/client');

    expect(refused.status).toBeGreaterThanOrEqual(400);
    expect(refused.body.jwt).toBeUndefined();
    expect(client.body.response.sessions).toEqual([]);
    expect((await browser(replicas[1]).get('/v1/me')).status).toBe(401);
    expect((await browser(replicas[0]).post(token)).status).toBe(refused.status);
  });

  it('refuse the sessions of a user at their next call whom the other has banned', async () => {
    const { bapi, browser, signIn } = await tenant();
    const { sessionId, userId } = await signIn(replicas[0]);
    expect((await browser(replicas[0]).get('/v1/me')).status).toBe(200);

    expect((await bapi(replicas[1]).post(`/v1/users/${userId}/ban`)).status).toBe(200);

    expect((await browser(replicas[0]).post(`/v1/client/sessions/${sessionId}/tokens`)).status).not.toBe(200);
    expect((await browser(replicas[0]).get('/v1/me')).status).toBe(401);
  });

  it('learn of settings that were changed through the other within five seconds', async () => {
    const name = `live-${randomBytes(8).toString('hex')}`;
    const host = `${name}.latchkey.test`;
    const origin = 'https://another.example';
    const instance = (settings: object) => ({
      name,
      environment: 'production',
      frontend_api: host,
      secret_keys: [`sk_live_${randomBytes(24).toString('hex')}`],
      settings,
    });
    const [changed, other] = replicas;
    const environment = () =>
      send({ method: 'GET', url: `${other.fapiUrl}/v1/environment`, headers: { host, origin } });
    await declareThrough(changed, instance({ display: { application_name: 'Before' } }));
    expect(await environment()).toMatchObject({ status: 400, body: { errors: [{ code: 'origin_invalid' }] } });

    await declareThrough(changed, instance({ display: { application_name: 'After' }, allowed_origins: [origin] }));
    const changedAt = performance.now();
    let lastOld = 0;
    await eventually('the other gateway lets the new origin in, and shows the new name', async () => {
      const askedAt = performance.now();
      const { status, body } = await environment();
      const isNew = status === 200 && body.display_config.application_name === 'After';
      if (!isNew) lastOld = askedAt - changedAt;
      return isNew;
    });

    expect(lastOld).toBeLessThan(SETTINGS_MS);
  });
});
