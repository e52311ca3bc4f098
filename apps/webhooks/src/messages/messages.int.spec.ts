import { transaction } from '@latchkey/db';
import { event, Outbox } from '@latchkey/events';
import { WebhooksDb, type Tx } from '../db.js';
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

async function subscriber(): Promise<Subscriber> {
  const started = await startSubscriber();
  subscribers.push(started);
  return started;
}

const statusOf = (call: Promise<unknown>) =>
  call.then(
    () => 200,
    ({ code }: { code: number }) => code,
  );
const typesOf = ({ received }: Subscriber) => received.map(({ body }) => (JSON.parse(body) as { type: string }).type);

describe('events', () => {
  it('go to the endpoints that ask for their type or its group, and to those that ask for all', async () => {
    const { svix, instanceId } = webhooks.svix();
    const [all, one, group, none] = [await subscriber(), await subscriber(), await subscriber(), await subscriber()];
    await svix.endpoint.create(instanceId, { url: all.url });
    await svix.endpoint.create(instanceId, { url: one.url, filterTypes: ['user.created'] });
    await svix.endpoint.create(instanceId, { url: group.url, filterTypes: ['user'] });
    await svix.endpoint.create(instanceId, { url: none.url, channels: ['vip'] });

    await webhooks.emit(instanceId, 'user.created', 'user_1', {});
    await webhooks.emit(instanceId, 'user.updated', 'user_1', {});
    await webhooks.emit(instanceId, 'session.created', 'user_1', {});
    await until(() => all.received.length === 3 && group.received.length === 2 && one.received.length === 1);

    expect(typesOf(all)).toEqual(['user.created', 'user.updated', 'session.created']);
    expect(typesOf(group)).toEqual(['user.created', 'user.updated']);
    expect(typesOf(one)).toEqual(['user.created']);
    expect(none.received).toEqual([]);
  });

  it('that come together share a transaction, and one that fails takes none of the others with it', async () => {
    const { svix, instanceId } = webhooks.svix();
    const all = await subscriber();
    await svix.endpoint.create(instanceId, { url: all.url });
    const db = webhooks.app.get(WebhooksDb);
    await db.$executeRaw`ALTER TABLE messages ADD CONSTRAINT messages_no_poison CHECK (payload NOT LIKE '%poison%') NOT VALID`;
    const subjects = Array.from({ length: 40 }, (_, n) => `user_${n}`);

    await transaction(db, (tx: Tx) =>
      webhooks.app
        .get(Outbox)
        .add(
          tx,
          ...subjects.map((id, n) =>
            event({ instanceId }, 'user.created', id, { id, word: n === 20 ? 'poison' : 'fine' } as never),
          ),
        ),
    );
    await until(() => all.received.length === subjects.length - 1);
    const letters = await until(async () => {
      const rows = await db.deadLetter.findMany();
      return rows.length > 0 && rows;
    });
    await db.$executeRaw`ALTER TABLE messages DROP CONSTRAINT messages_no_poison`;

    expect(letters).toMatchObject([
      { consumer: 'webhooks.messages', envelope: expect.stringContaining('"user_20"') as string },
    ]);
    const claims = await db.$queryRaw<{ n: number }[]>`SELECT count(*)::int AS n FROM messages m
      JOIN inbox i ON i.event_id = m.event_id WHERE m.instance_id = ${instanceId}`;
    expect(claims).toEqual([{ n: subjects.length - 1 }]);
  });

  it('of an instance never reach the endpoints of another', async () => {
    const [mine, other] = [webhooks.svix(), webhooks.svix()];
    const [mySubscriber, otherSubscriber] = [await subscriber(), await subscriber()];
    await mine.svix.endpoint.create(mine.instanceId, { url: mySubscriber.url });
    await other.svix.endpoint.create(other.instanceId, { url: otherSubscriber.url });

    await webhooks.emit(mine.instanceId, 'user.created', 'user_1', {});
    await until(() => mySubscriber.received.length === 1);
    await webhooks.emit(other.instanceId, 'role.created', 'role_1', {});
    await until(() => otherSubscriber.received.length === 1);

    expect(typesOf(otherSubscriber)).toEqual(['role.created']);
    expect(mySubscriber.received).toHaveLength(1);
    expect((await other.svix.message.list(other.instanceId)).data).toHaveLength(1);
  });

  it('are kept as messages although no endpoint exists, and without an endpoint go nowhere', async () => {
    const { svix, instanceId } = webhooks.svix();
    await webhooks.emit(instanceId, 'user.created', 'user_1', { id: 'user_1' });

    const [message] = await until(async () => {
      const { data } = await svix.message.list(instanceId);
      return data.length === 1 && data;
    });

    expect(message).toMatchObject({
      eventType: 'user.created',
      payload: { data: { id: 'user_1' }, type: 'user.created' },
    });
    expect((await svix.messageAttempt.listByMsg(instanceId, message!.id)).data).toEqual([]);
  });
});

describe('svix.message', () => {
  it('sends a message of the caller to matching channels, once per event id', async () => {
    const { svix, instanceId } = webhooks.svix();
    const [vip, all] = [await subscriber(), await subscriber()];
    await svix.endpoint.create(instanceId, { url: vip.url, channels: ['vip'] });
    await svix.endpoint.create(instanceId, { url: all.url });
    const message = { eventType: 'invoice.paid', payload: { n: 1 }, channels: ['vip'], tags: ['t'], eventId: 'inv_1' };

    const created = await svix.message.create(instanceId, message);
    await until(() => vip.received.length === 1 && all.received.length === 1);

    expect(created).toMatchObject({ id: expect.stringMatching(/^msg_/), ...message });
    expect(vip.received[0]!.body).toBe('{"n":1}');
    expect(await statusOf(svix.message.create(instanceId, message))).toBe(409);
    expect(await svix.message.get(instanceId, 'inv_1')).toMatchObject({ id: created.id, payload: { n: 1 } });
    expect((await svix.message.get(instanceId, created.id, { withContent: false })).payload).toEqual({});
    expect(await svix.message.precheck(instanceId, { eventType: 'x', channels: [] })).toEqual({ active: true });
  });

  it('lists newest first, by every filter', async () => {
    const { svix, instanceId } = webhooks.svix();
    const send = (eventType: string, more: object = {}) =>
      svix.message.create(instanceId, { eventType, payload: {}, ...more });
    const ids: string[] = [];
    for (const [type, more] of [
      ['a.b', { tags: ['t'] }],
      ['a.c', { channels: ['c'] }],
      ['d', {}],
    ] as const) {
      webhooks.clock.advance(1000);
      ids.push((await send(type, more)).id);
    }
    const list = async (options: object) => (await svix.message.list(instanceId, options)).data.map(({ id }) => id);
    const [first, second, third] = ids as [string, string, string];
    const middle = (await svix.message.get(instanceId, second)).timestamp;

    expect(await list({})).toEqual([third, second, first]);
    expect(await list({ tag: 't' })).toEqual([first]);
    expect(await list({ channel: 'c' })).toEqual([second]);
    expect(await list({ eventTypes: ['a.b', 'd'] })).toEqual([third, first]);
    expect(await list({ before: middle })).toEqual([first]);
    expect(await list({ after: middle })).toEqual([third]);
    const page = await svix.message.list(instanceId, { limit: 2 });
    expect(await list({ iterator: page.iterator })).toEqual([first]);
    expect(page.done).toBe(false);
  });

  it('sends later when asked to', async () => {
    const { svix, instanceId } = webhooks.svix();
    const later = await subscriber();
    await svix.endpoint.create(instanceId, { url: later.url });
    const deliverAt = new Date(webhooks.clock.now().getTime() + 3_600_000);

    await svix.message.create(instanceId, { eventType: 'x', payload: {}, deliverAt });
    await webhooks.sweep();
    expect(later.received).toEqual([]);
    webhooks.clock.advance(3_600_000);
    await webhooks.sweep();
    await until(() => later.received.length === 1);

    const soon = new Date(webhooks.clock.now().getTime() + 5_000);
    expect(await statusOf(svix.message.create(instanceId, { eventType: 'x', payload: {}, deliverAt: soon }))).toBe(400);
  });

  it('sends a body that is not JSON as it is', async () => {
    const { svix, instanceId } = webhooks.svix();
    const raw = await subscriber();
    await svix.endpoint.create(instanceId, { url: raw.url });

    await svix.message.create(instanceId, {
      eventType: 'x',
      payload: {},
      transformationsParams: { rawPayload: 'a=b', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
    });
    const call = await until(() => raw.received[0]);

    expect([call.body, call.headers['content-type']]).toEqual(['a=b', 'application/x-www-form-urlencoded']);
  });

  it('expunges what one message says, or all of them, and drops payloads after their time', async () => {
    const { svix, instanceId } = webhooks.svix();
    const send = (more: object = {}) =>
      svix.message.create(instanceId, { eventType: 'x', payload: { secret: 1 }, ...more });
    const [one, two, three] = [await send(), await send({ payloadRetentionHours: 1 }), await send()];
    const payload = async ({ id }: { id: string }) => (await svix.message.get(instanceId, id)).payload as object;

    await svix.message.expungeContent(instanceId, one.id);
    expect([await payload(one), await payload(two)]).toEqual([{ expired: true }, { secret: 1 }]);

    webhooks.clock.advance(3_600_000);
    await webhooks.sweep();
    expect([await payload(two), await payload(three)]).toEqual([{ expired: true }, { secret: 1 }]);

    const task = await svix.message.expungeAllContents(instanceId);
    await until(async () => (await svix.backgroundTask.get(task.id)).status === 'finished');
    expect(await payload(three)).toEqual({ expired: true });
  });

  it('keeps no code and no link that nobody wants, and others no longer than it takes to deliver them', async () => {
    const { svix, instanceId } = webhooks.svix();
    const emit = (id: string) => webhooks.emit(instanceId, 'email.created', id, { id, data: { otp_code: '135790' } });
    const payloads = () =>
      webhooks.app.get(WebhooksDb).message.findMany({
        where: { instanceId },
        orderBy: { createdAt: 'asc' },
        select: { subject: true, payload: true },
      });
    await emit('ema_1');
    await until(async () => (await payloads()).length === 1);
    expect(await payloads()).toEqual([{ subject: 'ema_1', payload: null }]);

    const [good, bad] = [await subscriber(), await subscriber()];
    bad.answer = (response) => response.writeHead(500).end();
    await svix.endpoint.create(instanceId, { url: good.url });
    const failing = await svix.endpoint.create(instanceId, { url: bad.url });
    webhooks.clock.advance(1_000);
    await emit('ema_2');
    await until(() => good.received.length === 1 && bad.received.length === 1);
    expect(good.received[0]!.body).toContain('135790');

    webhooks.clock.advance(61 * 60_000);
    await webhooks.sweep();
    await until(() => bad.received.length === 2);
    // The other one still waits for it.
    expect((await payloads())[1]!.payload).toContain('135790');

    await svix.endpoint.delete(instanceId, failing.id);
    await webhooks.sweep();
    expect(await payloads()).toEqual([
      { subject: 'ema_1', payload: null },
      { subject: 'ema_2', payload: null },
    ]);
  });

  it('remembers an event that it has handled for thirty days, longer than any topic could bring it again', async () => {
    const { instanceId } = webhooks.svix();
    const db = webhooks.app.get(WebhooksDb);
    const claims = () => db.inboxEvent.count();
    const before = await claims();
    await webhooks.emit(instanceId, 'user.created', 'user_1', { id: 'user_1' });
    await until(async () => (await claims()) > before);

    webhooks.clock.advance(29 * 86_400_000);
    await webhooks.sweep();
    expect(await claims()).toBeGreaterThan(0);

    webhooks.clock.advance(2 * 86_400_000);
    await webhooks.sweep();
    expect(await claims()).toBe(0);
  });

  it('removes messages and attempts after ninety days', async () => {
    const { svix, instanceId } = webhooks.svix();
    const old = await subscriber();
    await svix.endpoint.create(instanceId, { url: old.url });
    const { id } = await svix.message.create(instanceId, { eventType: 'x', payload: {} });
    await until(async () => (await svix.messageAttempt.listByMsg(instanceId, id)).data.length === 1);

    webhooks.clock.advance(91 * 86_400_000);
    await webhooks.sweep();

    expect(await statusOf(svix.message.get(instanceId, id))).toBe(404);
  });
});
