import { newId } from '@latchkey/core';
import { JobQueue, type TimersJobQueue } from '@latchkey/jobs';
import { Client } from 'pg';
import { WebhooksDb } from '../db.js';
import { startSubscriber, startWebhooks, until, type Subscriber, type Webhooks } from '../../test/start-webhooks.js';

let webhooks: Webhooks;
const subscribers: Subscriber[] = [];

beforeAll(async () => {
  webhooks = await startWebhooks();
}, 60_000);
afterEach(async () => {
  for (const subscriber of subscribers.splice(0)) await subscriber.close();
});
afterAll(() => webhooks?.stop());

const statusOf = (call: Promise<unknown>) =>
  call.then(
    () => 200,
    ({ code }: { code: number }) => code,
  );

/** An instance with an endpoint that answers as told, and what it was sent. */
async function given() {
  const subscriber = await startSubscriber();
  subscribers.push(subscriber);
  const { svix, instanceId } = webhooks.svix();
  const endpoint = await svix.endpoint.create(instanceId, { url: subscriber.url });
  const attempts = async (options: object = {}) =>
    (await svix.messageAttempt.listByEndpoint(instanceId, endpoint.id, options)).data;
  const send = async (more: object = {}) => {
    const before = subscriber.received.length;
    const message = await svix.message.create(instanceId, { eventType: 'x', payload: {}, ...more });
    await until(
      async () => subscriber.received.length > before && (await attempts()).length === subscriber.received.length,
    );
    return message;
  };
  return { subscriber, svix, instanceId, endpoint, attempts, send };
}

describe('svix.messageAttempt', () => {
  it('lists attempts by endpoint and by message, by every filter', async () => {
    const { subscriber, svix, instanceId, endpoint, attempts, send } = await given();
    const good = await send({ eventType: 'a.b', tags: ['t'], channels: ['c'] });
    webhooks.clock.advance(1000);
    subscriber.answer = (response) => response.writeHead(418).end('teapot');
    const bad = await send({ eventType: 'a.c' });
    const ids = async (options: object) => (await attempts(options)).map(({ msgId }) => msgId);
    const [latest] = await attempts({ withMsg: true });

    expect(latest).toMatchObject({
      id: expect.stringMatching(/^atmpt_/),
      msgId: bad.id,
      endpointId: endpoint.id,
      url: subscriber.url,
      status: 2,
      statusText: 'fail',
      responseStatusCode: 418,
      response: 'teapot',
      responseDurationMs: expect.any(Number),
      triggerType: 0,
      msg: { id: bad.id, eventType: 'a.c' },
    });
    expect(await ids({})).toEqual([bad.id, good.id]);
    expect(await ids({ status: 0 })).toEqual([good.id]);
    expect(await ids({ statusCodeClass: 400 })).toEqual([bad.id]);
    expect(await ids({ tag: 't' })).toEqual([good.id]);
    expect(await ids({ channel: 'c' })).toEqual([good.id]);
    expect(await ids({ eventTypes: ['a.c'] })).toEqual([bad.id]);
    expect(await ids({ before: latest!.timestamp })).toEqual([good.id]);
    expect((await attempts({ withContent: false }))[0]!.response).toBe('');
    const page = await svix.messageAttempt.listByEndpoint(instanceId, endpoint.id, { limit: 1 });
    expect([page.done, await ids({ iterator: page.iterator })]).toEqual([false, [good.id]]);

    const byMessage = await svix.messageAttempt.listByMsg(instanceId, bad.id, { endpointId: endpoint.id });
    expect(byMessage.data.map(({ id }) => id)).toEqual([latest!.id]);
    expect(await svix.messageAttempt.get(instanceId, bad.id, latest!.id)).toMatchObject({
      id: latest!.id,
      response: 'teapot',
    });
    await svix.messageAttempt.expungeContent(instanceId, bad.id, latest!.id);
    expect((await svix.messageAttempt.get(instanceId, bad.id, latest!.id)).response).toBe('');
    expect(await statusOf(svix.messageAttempt.get(instanceId, good.id, latest!.id))).toBe(404);
  });

  it('lists messages of an endpoint and endpoints of a message, each with its state', async () => {
    const { subscriber, svix, instanceId, endpoint, send } = await given();
    subscriber.answer = (response) => response.writeHead(500).end();
    const message = await send();
    const other = await svix.endpoint.create(instanceId, { url: 'http://127.0.0.1:9/' });

    const messages = await svix.messageAttempt.listAttemptedMessages(instanceId, endpoint.id);
    const destinations = await svix.messageAttempt.listAttemptedDestinations(instanceId, message.id);

    expect(messages.data).toMatchObject([
      { id: message.id, status: 1, statusText: 'pending', nextAttempt: expect.any(Date) },
    ]);
    expect(destinations.data).toMatchObject([{ id: endpoint.id, status: 1, url: subscriber.url }]);
    expect((await svix.messageAttempt.listAttemptedMessages(instanceId, other.id)).data).toEqual([]);
    expect((await svix.messageAttempt.listAttemptedMessages(instanceId, endpoint.id, { status: 0 })).data).toEqual([]);
  });

  it('resends a message under its id, also one that was delivered', async () => {
    const { subscriber, svix, instanceId, endpoint, attempts, send } = await given();
    const message = await send();

    await svix.messageAttempt.resend(instanceId, message.id, endpoint.id);
    await until(async () => (await attempts()).length === 2);

    expect(subscriber.received.map(({ headers }) => headers['svix-id'])).toEqual([message.id, message.id]);
    expect((await attempts()).map(({ triggerType }) => triggerType)).toEqual([1, 0]);
    await svix.message.expungeContent(instanceId, message.id);
    expect(await statusOf(svix.messageAttempt.resend(instanceId, message.id, endpoint.id))).toBe(400);
  });

  it("shows and resends nothing of another instance's", async () => {
    const { svix: _mine, instanceId, endpoint, send } = await given();
    const message = await send();
    const other = webhooks.svix();

    expect(await statusOf(other.svix.messageAttempt.listByEndpoint(instanceId, endpoint.id))).toBe(404);
    expect(await statusOf(other.svix.messageAttempt.listByMsg(other.instanceId, message.id))).toBe(404);
    expect(await statusOf(other.svix.messageAttempt.resend(other.instanceId, message.id, endpoint.id))).toBe(404);
  });
});

describe('a moment that no calendar has', () => {
  it('is a mistake of the caller', async () => {
    const { svix, instanceId, endpoint, attempts } = await given();
    const since = new Date('0000-01-01T00:00:00Z');

    expect(await statusOf(attempts({ before: since }))).toBe(422);
    expect(await statusOf(svix.endpoint.recover(instanceId, endpoint.id, { since }))).toBe(422);
  });
});

describe('a background task', () => {
  it('is done by one process only, although it takes longer than its lease and its job comes twice', async () => {
    const { subscriber, svix, instanceId, endpoint, send } = await given();
    subscriber.answer = (response) => response.writeHead(500, { 'webhook-delivery': 'abort-message' }).end();
    const since = webhooks.clock.now();
    await send();
    const replica = await startWebhooks({}, webhooks);
    const db = webhooks.app.get(WebhooksDb);
    const running = async () => {
      const [row] = await db.$queryRaw<[{ n: number }]>`SELECT count(*)::int AS n FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%UPDATE deliveries%'`;
      return row.n;
    };
    const other = new Client({ connectionString: webhooks.databaseUrl });
    await other.connect();
    await other.query('BEGIN');
    await other.query('SELECT FROM deliveries WHERE endpoint_id = $1 FOR UPDATE', [endpoint.id]);
    const { id } = await svix.endpoint.recover(instanceId, endpoint.id, { since });
    await until(async () => (await running()) === 1);

    webhooks.clock.advance(6 * 60_000);
    await webhooks.sweep();
    await replica.sweep();
    const jobs = replica.app.get<TimersJobQueue>(JobQueue);
    await jobs.add('webhooks.due-tasks', id, { kind: 'background_task', subjectId: id });
    await jobs.runDue();
    expect(await running()).toBe(1);

    await other.end();
    const done = await until(async () => {
      const task = await svix.backgroundTask.get(id);
      return task.status === 'finished' && task;
    });
    expect(done.data).toEqual({ messagesSent: 1 });
    await replica.stop();
  });

  it('is taken up by this version when it was one of the version before, whose process has died', async () => {
    const { subscriber, svix, instanceId, endpoint, send } = await given();
    const since = webhooks.clock.now().toISOString();
    await send();
    const now = webhooks.clock.now();
    const id = newId('backgroundTask', now);
    const input = { instanceId, endpointId: endpoint.id, since, until: now.toISOString() };
    const { applicationId } = (await webhooks.app
      .get(WebhooksDb)
      .endpoint.findFirst({ where: { id: endpoint.id, instanceId } }))!;
    await webhooks.app.get(WebhooksDb).$executeRaw`
      INSERT INTO background_tasks (id, instance_id, task, status, input, lease_until, created_at, updated_at)
      VALUES (${id}, ${instanceId}, 'endpoint.bulk-replay', 'running', ${JSON.stringify({ ...input, applicationId })}::jsonb,
        ${new Date(now.getTime() + 60_000)}, ${now}, ${now})`;

    await webhooks.sweep();
    expect((await svix.backgroundTask.get(id)).status).toBe('running');
    webhooks.clock.advance(361_000);
    await webhooks.sweep();

    expect((await svix.backgroundTask.get(id)).status).toBe('finished');
    await until(() => subscriber.received.length === 2);
  });
});

describe('svix.endpoint', () => {
  it('recovers what has failed since a moment, and leaves the rest', async () => {
    const { subscriber, svix, instanceId, endpoint, send } = await given();
    subscriber.answer = (response) => response.writeHead(500, { 'webhook-delivery': 'abort-message' }).end();
    await send({ payload: { n: 'old' } });
    webhooks.clock.advance(60_000);
    const since = webhooks.clock.now();
    const failed = [await send(), await send()];
    subscriber.answer = (response) => response.end();
    const good = await send();
    const before = subscriber.received.length;

    const task = await svix.endpoint.recover(instanceId, endpoint.id, { since });
    const done = await until(async () => {
      const now = await svix.backgroundTask.get(task.id);
      return now.status === 'finished' && now;
    });
    await until(() => subscriber.received.length === before + 2);

    expect(task).toMatchObject({ id: expect.stringMatching(/^qtask_/), task: 'endpoint.recover', status: 'running' });
    expect(done.data).toEqual({ messagesSent: 2 });
    const again = subscriber.received.slice(before).map(({ headers }) => headers['svix-id']);
    expect(again.sort()).toEqual(failed.map(({ id }) => id).sort());
    expect(again).not.toContain(good.id);
    await until(async () => (await svix.endpoint.getStats(instanceId, endpoint.id)).success === 3);
    expect((await svix.backgroundTask.list({ task: 'endpoint.recover' as never })).data.map(({ id }) => id)).toEqual([
      task.id,
    ]);
  });

  it('replays what an endpoint has missed, as its filters ask', async () => {
    const { svix, instanceId, send } = await given();
    const since = webhooks.clock.now();
    const missed = await send({ eventType: 'user.created' });
    await send({ eventType: 'role.created' });
    const late = await startSubscriber();
    subscribers.push(late);
    const { id } = await svix.endpoint.create(instanceId, { url: late.url, filterTypes: ['user'] });

    await svix.endpoint.replayMissing(instanceId, id, { since });
    await until(() => late.received.length === 1);
    const second = await svix.endpoint.replayMissing(instanceId, id, { since });
    await until(async () => (await svix.backgroundTask.get(second.id)).status === 'finished');

    expect(late.received.map(({ headers }) => headers['svix-id'])).toEqual([missed.id]);
    expect((await svix.backgroundTask.get(second.id)).data).toEqual({ messagesSent: 0 });
  });

  it('replays in bulk by status, type and label', async () => {
    const { subscriber, svix, instanceId, endpoint, send } = await given();
    const since = webhooks.clock.now();
    const wanted = await send({ eventType: 'a.b', tags: ['t'] });
    await send({ eventType: 'a.c', tags: ['t'] });
    await send({ eventType: 'a.b' });

    await svix.endpoint.bulkReplay(instanceId, endpoint.id, {
      since,
      status: 0,
      eventTypes: ['a.b'],
      tag: 't',
      statusCodeClass: 200,
    });
    await until(() => subscriber.received.length === 4);

    expect(subscriber.received[3]!.headers['svix-id']).toBe(wanted.id);
  });

  it('sends an example of an event type, whatever the endpoint asks for', async () => {
    const { subscriber, svix, instanceId, endpoint } = await given();
    await svix.endpoint.patch(instanceId, endpoint.id, { filterTypes: ['role.created'] });

    const message = await svix.endpoint.sendExample(instanceId, endpoint.id, { eventType: 'user.created' });
    const call = await until(() => subscriber.received[0]);

    expect(call.headers['svix-id']).toBe(message.id);
    expect(JSON.parse(call.body)).toMatchObject({
      type: 'user.created',
      object: 'event',
      instance_id: instanceId,
      data: { object: 'user' },
    });
    expect(await statusOf(svix.endpoint.sendExample(instanceId, endpoint.id, { eventType: 'no.such' }))).toBe(404);
  });
});

describe('svix.statistics', () => {
  it('counts messages by application and by type', async () => {
    const { svix, instanceId, send } = await given();
    await send({ eventType: 'a.b' });
    const since = new Date(webhooks.clock.now().getTime() - 3_600_000);
    const until_ = new Date(webhooks.clock.now().getTime() + 3_600_000);
    const { id } = await svix.application.get(instanceId);

    const usage = await svix.statistics.aggregateAppStats({ since, until: until_, appIds: [instanceId, 'nobody'] });
    const types = await svix.statistics.aggregateEventTypes();
    const dataOf = (taskId: string) =>
      until(async () => {
        const task = await svix.backgroundTask.get(taskId);
        return task.status === 'finished' && (task.data as object);
      });

    expect(usage.unresolvedAppIds).toEqual(['nobody']);
    expect(await dataOf(usage.id)).toEqual({ applications: [{ appId: id, messageCount: 1, messageDestinations: 1 }] });
    expect(await dataOf(types.id)).toEqual({ eventTypes: [{ eventType: 'a.b', count: 1 }] });
  });
});
