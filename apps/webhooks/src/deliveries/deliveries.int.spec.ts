import { randomBytes } from 'node:crypto';
import { transaction } from '@latchkey/db';
import { event, Outbox } from '@latchkey/events';
import { dropDatabase } from '@latchkey/postgres';
import { Webhook } from 'svix';
import { WebhooksDb, type Tx } from '../db.js';
import {
  startSubscriber,
  startWebhooks,
  until,
  type Received,
  type Subscriber,
  type Webhooks,
} from '../../test/start-webhooks.js';

let webhooks: Webhooks;
const subscribers: Subscriber[] = [];

beforeAll(async () => {
  webhooks = await startWebhooks();
}, 60_000);
afterEach(async () => {
  for (const subscriber of subscribers.splice(0)) await subscriber.close();
});
afterAll(() => webhooks?.stop());

/** An instance with a subscriber to everything. */
async function subscribed(input: { filterTypes?: string[] } = {}) {
  const subscriber = await startSubscriber();
  subscribers.push(subscriber);
  const { svix, instanceId } = webhooks.svix();
  const endpoint = await svix.endpoint.create(instanceId, { url: subscriber.url, ...input });
  const emit = (id: string, data: object = { id }) => webhooks.emit(instanceId, 'user.created', id, data);
  const { key } = await svix.endpoint.getSecret(instanceId, endpoint.id);
  return { subscriber, svix, instanceId, endpoint, emit, key };
}

const attemptsOf = async ({ app }: Webhooks, endpointId: string): Promise<number> => {
  const [row] = await app.get(WebhooksDb).$queryRaw<
    { count: number }[]
  >`SELECT count(*)::int AS count FROM attempts WHERE endpoint_id = ${endpointId}`;
  return row!.count;
};

const minutes = (n: number) => n * 60_000;
const hours = (n: number) => minutes(n * 60);

describe('delivery', () => {
  it('sends an event within a second, in the documented shape, with a signature that the svix package accepts', async () => {
    const { subscriber, instanceId, key, emit } = await subscribed();
    const start = Date.now();

    await emit('user_1', { id: 'user_1', object: 'user', name: 'Zoë' });
    const call = await until(() => subscriber.received[0]);

    expect(call.at - start).toBeLessThan(4_000);
    expect(new Webhook(key).verify(call.body, call.headers)).toEqual({
      data: { id: 'user_1', object: 'user', name: 'Zoë' },
      object: 'event',
      type: 'user.created',
      timestamp: expect.any(Number),
      instance_id: instanceId,
      event_attributes: { http_request: { client_ip: '203.0.113.7', user_agent: 'test' } },
    });
    expect(call.headers).toMatchObject({
      'content-type': 'application/json',
      'svix-id': expect.stringMatching(/^msg_/),
      'webhook-id': call.headers['svix-id'],
    });
    expect(() => new Webhook(key).verify(call.body.replace('user_1', 'user_2'), call.headers)).toThrow();
  });

  it('retries on the documented schedule under the same id, then gives up', async () => {
    const { subscriber, svix, instanceId, endpoint, emit } = await subscribed();
    subscriber.answer = (response) => response.writeHead(500).end('no');
    await emit('user_1');
    await until(() => subscriber.received.length === 1);

    const waits = [5_000, minutes(5), minutes(30), hours(2), hours(5), hours(10), hours(10)];
    for (const [index, wait] of waits.entries()) {
      const attempts = () => svix.messageAttempt.listByEndpoint(instanceId, endpoint.id).then(({ data }) => data);
      await until(async () => (await attempts()).length === index + 1);
      webhooks.clock.advance(wait * 0.8);
      await webhooks.sweep();
      expect(subscriber.received).toHaveLength(index + 1);
      webhooks.clock.advance(wait * 0.32);
      await webhooks.sweep();
      await until(() => subscriber.received.length === index + 2);
    }
    await until(async () => (await svix.endpoint.getStats(instanceId, endpoint.id)).fail === 1);
    webhooks.clock.advance(hours(24));
    await webhooks.sweep();

    expect(subscriber.received).toHaveLength(8);
    expect(new Set(subscriber.received.map(({ headers }) => headers['svix-id'])).size).toBe(1);
    expect(new Set(subscriber.received.map(({ body }) => body)).size).toBe(1);
  });

  it('takes no more than 2xx for a success, and follows no redirect', async () => {
    const { subscriber, svix, instanceId, endpoint, emit } = await subscribed();
    const target = await startSubscriber();
    subscribers.push(target);
    const statuses = [302, 404, 204];
    subscriber.answer = (response) =>
      response.writeHead(statuses[subscriber.received.length - 1]!, { location: target.url }).end();

    for (const wait of [0, 6_000, minutes(6)]) {
      if (wait === 0) await emit('user_1');
      await until(async () => {
        webhooks.clock.advance(wait);
        await webhooks.sweep();
        const { data } = await svix.messageAttempt.listByEndpoint(instanceId, endpoint.id);
        return data.length === [0, 6_000, minutes(6)].indexOf(wait) + 1;
      });
    }

    const { data } = await svix.messageAttempt.listByEndpoint(instanceId, endpoint.id);
    expect(data.map(({ responseStatusCode, statusText }) => [responseStatusCode, statusText])).toEqual([
      [204, 'success'],
      [404, 'fail'],
      [302, 'fail'],
    ]);
    expect(target.received).toEqual([]);
  });

  it('keeps what was answered, and counts a lost connection as a failure', async () => {
    const { subscriber, svix, instanceId, endpoint, emit } = await subscribed();
    subscriber.answer = (response) => response.writeHead(500).end(`oops\0${'x'.repeat(20_000)}`);
    await emit('user_1');
    const first = await until(async () => (await svix.messageAttempt.listByEndpoint(instanceId, endpoint.id)).data[0]);
    subscriber.answer = (response) => response.socket!.destroy();
    webhooks.clock.advance(6_000);
    await webhooks.sweep();
    const second = await until(async () => {
      const { data } = await svix.messageAttempt.listByEndpoint(instanceId, endpoint.id);
      return data.length === 2 && data[0];
    });

    expect(first.response).toMatch(/^oopsx+$/);
    expect(first.response.length).toBeLessThanOrEqual(8192);
    expect(second).toMatchObject({ responseStatusCode: 0, status: 2, url: subscriber.url, triggerType: 0 });
    expect(second.response).not.toBe('');
  });

  it('stops when the receiver asks for it', async () => {
    const { subscriber, svix, instanceId, endpoint, emit } = await subscribed();
    subscriber.answer = (response) => response.writeHead(500, { 'webhook-delivery': 'abort-message' }).end();
    await emit('user_1');
    await until(async () => (await svix.endpoint.getStats(instanceId, endpoint.id)).fail === 1);

    webhooks.clock.advance(hours(1));
    await webhooks.sweep();

    expect(subscriber.received).toHaveLength(1);
  });

  type Subscribed = Awaited<ReturnType<typeof subscribed>>;
  it.each([
    ['a rotation', ({ svix, instanceId, endpoint }: Subscribed) => svix.endpoint.rotateSecret(instanceId, endpoint.id)],
    [
      'a patch',
      ({ svix, instanceId, endpoint }: Subscribed) =>
        svix.endpoint.patch(instanceId, endpoint.id, { secret: `whsec_${randomBytes(32).toString('base64')}` }),
    ],
  ])('signs with both secrets for a day after %s, then with the new one alone', async (_, change) => {
    const known = await subscribed();
    const { subscriber, svix, instanceId, endpoint, emit, key } = known;
    await change(known);
    const { key: rotated } = await svix.endpoint.getSecret(instanceId, endpoint.id);

    webhooks.clock.advance(hours(24) - 60_000);
    await emit('user_1');
    const both = await until(() => subscriber.received[0]);
    webhooks.clock.advance(60_001);
    await emit('user_2');
    const alone = await until(() => subscriber.received[1]);

    // Not `verify`: it compares the timestamp with the machine's time, and earlier tests have moved the clock.
    const signature = (secret: string, { headers, body }: Received) =>
      new Webhook(secret).sign(headers['svix-id']!, new Date(Number(headers['svix-timestamp']) * 1000), body);
    expect(both.headers['svix-signature']).toBe(`${signature(rotated, both)} ${signature(key, both)}`);
    expect(alone.headers['svix-signature']).toBe(signature(rotated, alone));
  });

  it("sends the endpoint's headers, the newest ones", async () => {
    const { subscriber, svix, instanceId, endpoint, emit } = await subscribed();
    await emit('user_1');
    await until(() => subscriber.received.length === 1);
    await svix.endpoint.updateHeaders(instanceId, endpoint.id, { headers: { 'X-Tenant': 'a' } });

    await emit('user_2');
    const call = await until(() => subscriber.received[1]);

    expect(call.headers['x-tenant']).toBe('a');
  });

  it('calls no private address that is not allowed, whatever a name resolves to', async () => {
    const { svix, instanceId } = webhooks.svix();
    for (const url of [
      'http://10.0.0.1/',
      'http://169.254.169.254/latest',
      'http://[fd00::1]/',
      'http://192.168.1.1/',
    ]) {
      // As one that was made while its network was still allowed: a new one would be refused.
      const { id } = await svix.endpoint.create(instanceId, { url: 'https://example.com/' });
      await webhooks.app.get(WebhooksDb).endpoint.update({ where: { id, instanceId }, data: { url } });
    }
    const { id } = await svix.message.create(instanceId, { eventType: 'x', payload: {} });
    const attempts = await until(async () => {
      const { data } = await svix.messageAttempt.listByMsg(instanceId, id);
      return data.length === 4 && data;
    });

    for (const { response, statusText } of attempts) {
      expect([statusText, response]).toEqual(['fail', expect.stringContaining('refused')]);
    }
  });

  it('keeps the order of what is about one user while nothing fails', async () => {
    const { subscriber, emit } = await subscribed();
    subscriber.answer = (response) => void setTimeout(() => response.end(), Math.random() * 20);
    for (let n = 0; n < 20; n++) await emit(`user_${n % 2}`, { n });
    await until(() => subscriber.received.length === 20);

    const order = subscriber.received.map(({ body }) => (JSON.parse(body) as { data: { n: number } }).data.n);
    for (const rest of [0, 1]) {
      const own = order.filter((n) => n % 2 === rest);
      expect(own).toEqual([...own].sort((a, b) => a - b));
    }
  });

  it('keeps that order also when more comes than memory holds, and lies in the table meanwhile', async () => {
    const { subscriber, instanceId } = await subscribed();
    // Slow enough not to be waited for.
    const answers = new Set<() => void>();
    subscriber.answer = (response) => void answers.add(() => response.end());
    const db = webhooks.app.get(WebhooksDb);
    const [first, count] = [900, 1_200];
    const cause = { instanceId, ipAddress: '203.0.113.7', userAgent: 'test' };
    const happen = (from: number, to: number) =>
      transaction(db, async (tx: Tx) => {
        for (let n = from; n < to; n++)
          await webhooks.app.get(Outbox).add(tx, event(cause, 'user.created', `user_${n % 8}`, { n } as never));
      });
    const rows = async (sql: string) => {
      const [row] = await db.$queryRawUnsafe<{ n: number }[]>(
        `SELECT count(*)::int AS n FROM ${sql} WHERE instance_id = '${instanceId}'`,
      );
      return row!.n;
    };
    await happen(0, first);
    await until(async () => (await rows('messages')) === first, 30_000);
    expect(await rows('(SELECT * FROM deliveries WHERE held_by IS NULL) AS d')).toBeGreaterThan(0);

    // There is room for some of these at once, but others are before them.
    subscriber.answer = (response) => void setTimeout(() => response.end(), 5);
    for (const answer of answers) answer();
    for (let n = first; n < count; n += 10) await happen(n, n + 10);
    await until(() => subscriber.received.length >= count, 30_000);

    const order = subscriber.received.map(({ body }) => (JSON.parse(body) as { data: { n: number } }).data.n);
    expect(order).toHaveLength(count);
    for (let user = 0; user < 8; user++) {
      const own = order.filter((n) => n % 8 === user);
      expect(own).toEqual([...own].sort((x, y) => x - y));
    }
  }, 90_000);

  it('lets no endpoint wait for one that hangs', async () => {
    const { svix, instanceId } = webhooks.svix();
    const [hanging, quick] = [await startSubscriber(), await startSubscriber()];
    subscribers.push(hanging, quick);
    hanging.answer = () => undefined;
    await svix.endpoint.create(instanceId, { url: hanging.url });
    await svix.endpoint.create(instanceId, { url: quick.url });

    const start = Date.now();
    for (let n = 0; n < 100; n++) await webhooks.emit(instanceId, 'user.created', `user_${n}`, {});
    await until(() => quick.received.length === 100);

    // One attempt at the hanging endpoint takes 15 seconds: whoever waited for it would be later.
    expect(Date.now() - start).toBeLessThan(14_000);
    expect(hanging.received.length).toBeLessThanOrEqual(8);
  });

  it('sends no more per second than the endpoint wants', async () => {
    const { subscriber, svix, instanceId, endpoint } = await subscribed();
    await svix.endpoint.patch(instanceId, endpoint.id, { throttleRate: 5 });

    for (let n = 0; n < 12; n++) await svix.message.create(instanceId, { eventType: 'x', payload: { n } });
    await until(() => subscriber.received.length === 12);

    const [first, last] = [subscriber.received[0]!, subscriber.received[11]!];
    expect(last.at - first.at).toBeGreaterThan(1_500);
  });

  it('cancels what waits for an endpoint that is disabled, and sends nothing more to it', async () => {
    const { subscriber, svix, instanceId, endpoint, emit } = await subscribed();
    subscriber.answer = (response) => response.writeHead(500).end();
    await emit('user_1');
    await until(async () => (await svix.messageAttempt.listByEndpoint(instanceId, endpoint.id)).data.length === 1);

    await svix.endpoint.patch(instanceId, endpoint.id, { disabled: true });
    await emit('user_2');
    await until(async () => (await svix.message.list(instanceId)).data.length === 2);
    webhooks.clock.advance(hours(1));
    await webhooks.sweep();

    expect(subscriber.received).toHaveLength(1);
    expect(await svix.endpoint.getStats(instanceId, endpoint.id)).toMatchObject({ canceled: 1, pending: 0 });
  });

  it('cancels what waits for an endpoint that is removed', async () => {
    const { subscriber, svix, instanceId, endpoint, emit } = await subscribed();
    subscriber.answer = (response) => response.writeHead(500).end();
    await emit('user_1');
    await until(async () => (await attemptsOf(webhooks, endpoint.id)) === 1);

    await svix.endpoint.delete(instanceId, endpoint.id);
    webhooks.clock.advance(hours(1));
    await webhooks.sweep();

    const waiting = await webhooks.app.get(WebhooksDb).$queryRaw`
      SELECT FROM deliveries WHERE endpoint_id = ${endpoint.id} AND next_attempt_at IS NOT NULL`;
    expect(waiting).toEqual([]);
    expect(subscriber.received).toHaveLength(1);
  });

  it('takes up at once what a process held that has ended, and nothing while it lives', async () => {
    const own = await startWebhooks();
    const subscriber = await startSubscriber();
    subscribers.push(subscriber);
    const { svix, instanceId } = own.svix();
    const { id } = await svix.endpoint.create(instanceId, { url: subscriber.url });
    await svix.message.create(instanceId, { eventType: 'x', payload: {} });
    await until(async () => (await svix.endpoint.getStats(instanceId, id)).success === 1);
    const held = new Date(own.clock.now().getTime() + 25_000);
    // As somebody has left it who died before the answer.
    await own.app.get(WebhooksDb)
      .$executeRaw`UPDATE deliveries SET status = 1, attempts = 0, next_attempt_at = ${held.toISOString()}::timestamptz,
        held_by = (SELECT id FROM replicas) WHERE endpoint_id = ${id}`;

    const second = await startWebhooks({}, own);
    for (let looks = 0; looks < 3; looks++) await second.sweep();
    const rows = await second.app.get(WebhooksDb).delivery.findMany({ where: { instanceId, endpointId: id } });
    expect(rows).toMatchObject([{ nextAttemptAt: held }]);
    await second.stop();
    await own.app.close();
    const third = await startWebhooks({}, own);
    await until(async () => {
      await third.sweep();
      return subscriber.received.length === 2;
    });

    const [first, again] = subscriber.received.map(({ headers }) => headers['svix-id']);
    expect(again).toBe(first);
    await third.stop();
    await dropDatabase(own.databaseUrl);
  });

  it('takes up what a dead process held as soon as its lease is over', async () => {
    const { subscriber, svix, instanceId, endpoint } = await subscribed();
    await svix.endpoint.patch(instanceId, endpoint.id, { disabled: true });
    const { id } = await svix.message.create(instanceId, { eventType: 'x', payload: {} });
    await svix.endpoint.patch(instanceId, endpoint.id, { disabled: false });
    // As the process that died right after its commit leaves it.
    const now = webhooks.clock.now().toISOString();
    await webhooks.app.get(WebhooksDb).$executeRaw`
      INSERT INTO deliveries (message_id, endpoint_id, instance_id, application_id, next_attempt_at, created_at)
      SELECT id, ${endpoint.id}, instance_id, application_id, ${now}::timestamptz + interval '30 s', ${now}::timestamptz
      FROM messages WHERE id = ${id}`;

    await webhooks.sweep();
    expect(subscriber.received).toHaveLength(0);
    webhooks.clock.advance(31_000);
    await webhooks.sweep();
    await until(() => subscriber.received.length === 1);
    await until(async () => (await svix.endpoint.getStats(instanceId, endpoint.id)).success === 1);
  });

  it('delivers a backlog far beyond what memory holds at a time, each message once', async () => {
    const { subscriber, svix, instanceId, endpoint } = await subscribed();
    subscriber.answer = (response) => response.writeHead(500).end();
    const count = 600;
    for (let n = 0; n < count; n += 50) {
      await Promise.all(
        Array.from({ length: 50 }, (_, i) =>
          svix.message.create(instanceId, { eventType: 'x', payload: { n: n + i } }),
        ),
      );
    }
    await until(() => subscriber.received.length >= count, 20_000);
    await until(async () => {
      webhooks.clock.advance(6_000);
      await webhooks.sweep();
      subscriber.answer = (response) => response.end();
      return (await svix.endpoint.getStats(instanceId, endpoint.id)).success === count;
    }, 20_000);

    expect(new Set(subscriber.received.map(({ headers }) => headers['svix-id'])).size).toBe(count);
  }, 60_000);
});

describe('the outcome of an attempt', () => {
  it('is left out when it can never be written, whatever numbers it quotes, and keeps no other from being written', async () => {
    const { subscriber, svix, instanceId, endpoint, emit } = await subscribed();
    const db = webhooks.app.get(WebhooksDb);
    await db.$executeRaw`ALTER TABLE attempts ADD CONSTRAINT attempts_no_40001 CHECK (response NOT LIKE 'P2034 40001%')`;
    subscriber.answer = (response) => response.end(subscriber.received.length === 1 ? 'P2034 40001' : 'ok');

    await emit('user_1');
    await until(() => subscriber.received.length === 1);
    await emit('user_2');

    await until(async () => (await svix.endpoint.getStats(instanceId, endpoint.id)).success === 1);
    expect(await attemptsOf(webhooks, endpoint.id)).toBe(1);
    await db.$executeRaw`ALTER TABLE attempts DROP CONSTRAINT attempts_no_40001`;
  });
});

describe('two replicas', () => {
  it('take over what a dead one held, first attempts and retries, before its lease ends', async () => {
    const { subscriber, svix, instanceId, endpoint } = await subscribed();
    const db = webhooks.app.get(WebhooksDb);
    const messages = await Promise.all(
      [0, 1].map((n) => svix.message.create(instanceId, { eventType: 'x', payload: { n } })),
    );
    await until(async () => (await attemptsOf(webhooks, endpoint.id)) === 2);
    subscriber.received.length = 0;
    // As a process leaves it that is killed in the middle: no lock, a row, and deliveries that it has leased.
    await db.$executeRaw`INSERT INTO replicas (id, started_at) VALUES (1000000, now())`;
    await db.$executeRaw`UPDATE deliveries SET status = 1, attempts = CASE WHEN message_id = ${messages[0]!.id} THEN 0 ELSE 2 END,
      held_by = 1000000, next_attempt_at = ${new Date(webhooks.clock.now().getTime() + 29_000).toISOString()}::timestamptz
      WHERE endpoint_id = ${endpoint.id}`;

    await until(async () => {
      await webhooks.sweep();
      return subscriber.received.length === 2;
    });

    expect(subscriber.received.map(({ headers }) => headers['svix-id']).sort()).toEqual(
      messages.map(({ id }) => id).sort(),
    );
    expect(await db.$queryRaw`SELECT id FROM replicas WHERE id = 1000000`).toEqual([]);
  });

  it('take one that has lost its connection for alive when it comes back at once', async () => {
    const { subscriber, svix, instanceId } = await subscribed();
    const answers: (() => void)[] = [];
    subscriber.answer = (response) => void answers.push(() => response.end());
    await svix.message.create(instanceId, { eventType: 'x', payload: {} });
    await until(() => subscriber.received.length === 1);

    const db = webhooks.app.get(WebhooksDb);
    const [before] = await db.$queryRaw<
      { n: number }[]
    >`SELECT held_by AS n FROM deliveries WHERE instance_id = ${instanceId}`;
    await db.$queryRaw`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE application_name = 'latchkey-webhooks-presence' AND datname = current_database()`;
    for (let looks = 0; looks < 4; looks++) await webhooks.sweep();

    expect(await db.$queryRaw`SELECT id FROM replicas WHERE id = ${before!.n}`).toEqual([{ id: before!.n }]);
    expect(subscriber.received).toHaveLength(1);
    for (const answer of answers) answer();
  });

  it('share what is due without sending anything twice, and take over what one gives back when it stops', async () => {
    const { subscriber, svix, instanceId, endpoint } = await subscribed();
    const replica = await startWebhooks({}, webhooks);
    subscriber.answer = (response) => response.writeHead(500).end();
    const count = 200;
    await Promise.all(
      Array.from({ length: count }, (_, n) => svix.message.create(instanceId, { eventType: 'x', payload: { n } })),
    );
    await until(async () => (await attemptsOf(webhooks, endpoint.id)) === count);
    subscriber.answer = (response) => void setTimeout(() => response.end(), 5);
    subscriber.received.length = 0;

    webhooks.clock.advance(6_000);
    await Promise.all([webhooks.sweep(), replica.sweep()]);
    await replica.stop();
    await until(async () => {
      await webhooks.sweep();
      return (await svix.endpoint.getStats(instanceId, endpoint.id)).success === count;
    });

    expect(new Set(subscriber.received.map(({ headers }) => headers['svix-id'])).size).toBe(count);
    expect(subscriber.received).toHaveLength(count);
  });
});

describe('operational webhooks', () => {
  /** An instance with an operational endpoint beside the one that fails. */
  async function watched() {
    const all = await subscribed();
    const watcher = await startSubscriber();
    subscribers.push(watcher);
    const endpoint = await all.svix.operationalWebhook.endpoint.create({ url: watcher.url });
    // By id: a clock that jumps while one is under way makes its lease end, and it comes again.
    const news = () =>
      [...new Map(watcher.received.map(({ headers, body }) => [headers['svix-id'], body])).values()].map(
        (body) => JSON.parse(body) as { type: string; data: object },
      );
    return { ...all, watcher, operational: endpoint, news };
  }

  it('tell of an endpoint that comes, changes, is disabled, enabled and goes', async () => {
    const { svix, instanceId, news } = await watched();
    const { id } = await svix.endpoint.create(instanceId, { url: 'https://example.com' });
    await svix.endpoint.patch(instanceId, id, { disabled: true });
    await svix.endpoint.patch(instanceId, id, { disabled: false });
    await svix.endpoint.delete(instanceId, id);

    await until(() => news().length === 6);
    expect(
      news()
        .map(({ type }) => type)
        .sort(),
    ).toEqual([
      'endpoint.created',
      'endpoint.deleted',
      'endpoint.disabled',
      'endpoint.enabled',
      'endpoint.updated',
      'endpoint.updated',
    ]);
    expect(news().find(({ type }) => type === 'endpoint.disabled')!.data).toMatchObject({
      appUid: instanceId,
      endpointId: id,
      trigger: 'manual',
    });
  });

  it('tell once of an endpoint that several disable at once', async () => {
    const { svix, instanceId, news } = await watched();
    const { id } = await svix.endpoint.create(instanceId, { url: 'https://example.com' });
    await Promise.all([1, 2, 3].map(() => svix.endpoint.patch(instanceId, id, { disabled: true })));

    await until(() => news().filter(({ type }) => type === 'endpoint.updated').length === 3);
    await until(() => news().some(({ type }) => type === 'endpoint.disabled'));
    await svix.endpoint.delete(instanceId, id);
    await until(() => news().some(({ type }) => type === 'endpoint.deleted'));
    expect(news().filter(({ type }) => type === 'endpoint.disabled')).toHaveLength(1);
  });

  it('tell of a message that is failing, and of one that has failed for good', async () => {
    const { subscriber, emit, news, endpoint, key: _key, svix, operational } = await watched();
    subscriber.answer = (response) => response.writeHead(503).end();
    await emit('user_1');

    for (const wait of [0, 6_000, minutes(6), minutes(34), hours(2.3), hours(5.6), hours(11.1), hours(11.1)]) {
      const before = subscriber.received.length;
      webhooks.clock.advance(wait);
      await until(async () => (await webhooks.sweep(), subscriber.received.length > (wait === 0 ? 0 : before)));
      await until(async () => (await attemptsOf(webhooks, endpoint.id)) === subscriber.received.length);
    }
    await until(async () => (await webhooks.sweep(), news().length === 2));

    expect(news().map(({ type }) => type)).toEqual(['message.attempt.failing', 'message.attempt.exhausted']);
    expect(news()[1]!.data).toMatchObject({
      endpointId: endpoint.id,
      msgId: subscriber.received[0]!.headers['svix-id'],
      lastAttempt: { responseStatusCode: 503 },
    });
    const { key } = await svix.operationalWebhook.endpoint.getSecret(operational.id);
    expect(key).toMatch(/^whsec_/);
  });

  it('tell of an endpoint that was disabled after five days of nothing but failures', async () => {
    const { subscriber, emit, news, endpoint, svix, instanceId } = await watched();
    subscriber.answer = (response) => response.writeHead(500).end();

    let failures = 0;
    const fail = async () => {
      await emit(`user_${failures}`);
      failures++;
      await until(async () => (await attemptsOf(webhooks, endpoint.id)) >= failures);
    };
    await fail();
    webhooks.clock.advance(hours(13));
    await fail();
    webhooks.clock.advance(hours(120));
    expect((await svix.endpoint.get(instanceId, endpoint.id)).disabled).toBe(false);
    await emit('user_last');
    await until(async () => (await svix.endpoint.get(instanceId, endpoint.id)).disabled);
    await until(() => news().some(({ type }) => type === 'endpoint.disabled'));

    expect(news().find(({ type }) => type === 'endpoint.disabled')!.data).toMatchObject({
      endpointId: endpoint.id,
      trigger: 'automatic',
      failSince: expect.any(String),
    });
    // What was on its way when the endpoint was disabled ends a moment later.
    await until(async () => (await svix.endpoint.getStats(instanceId, endpoint.id)).pending === 0);
  });
});
