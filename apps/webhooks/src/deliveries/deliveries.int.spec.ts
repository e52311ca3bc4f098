import { Webhook } from 'svix';
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

const minutes = (n: number) => n * 60_000;
const hours = (n: number) => minutes(n * 60);

describe('delivery', () => {
  it('sends an event within a second, in the documented shape, with a signature that the svix package accepts', async () => {
    const { subscriber, instanceId, key, emit } = await subscribed();
    const start = Date.now();

    await emit('user_1', { id: 'user_1', object: 'user', name: 'Zoë' });
    const call = await until(() => subscriber.received[0]);

    expect(call.at - start).toBeLessThan(1000);
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
      webhooks.clock.advance(wait * 0.89);
      await webhooks.sweep();
      expect(subscriber.received).toHaveLength(index + 1);
      webhooks.clock.advance(wait * 0.23);
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
});
