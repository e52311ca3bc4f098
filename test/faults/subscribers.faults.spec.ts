/** @needs kafka redis */
import { Installation } from './installation.js';
import { print, survive } from './promises.js';
import { Subscriber } from './subscriber.js';

jest.setTimeout(300_000);

let installation: Installation;
const subscribers: Subscriber[] = [];

beforeAll(async () => {
  installation = await Installation.start();
});
afterAll(async () => {
  for (const subscriber of subscribers) await subscriber.stop();
  await installation?.stop();
});

describe('subscribers that fail', () => {
  it('get everything once they have recovered, and hold up nobody else', async () => {
    const healthy = await Subscriber.start(installation);
    // Each goes wrong at the first attempt of its first messages; the second attempt comes five seconds after.
    const broken = await Subscriber.start(installation, (attempt, messages, response) => {
      if (attempt > 1 || messages > 60) return false;
      response.writeHead(500).end('not today');
      return true;
    });
    const hanging = await Subscriber.start(installation, (attempt, messages) => attempt === 1 && messages <= 6);
    const cut = await Subscriber.start(installation, (attempt, messages, response) => {
      if (attempt > 1 || messages > 60) return false;
      response.writeHead(200, { 'content-length': 1000 });
      response.write('the beginning of', () => response.destroy());
      return true;
    });
    subscribers.push(healthy, broken, hanging, cut);

    const changes = await survive('subscribers', installation, subscribers, () => Promise.resolve());

    for (const [name, subscriber] of Object.entries({ healthy, broken, hanging, cut })) {
      const { failures, deliveries } = subscriber;
      const firsts = subscriber.firsts();
      const waits = changes.accepted.map(({ userId, n, at }) => firsts.get(`${userId}:${n}`)! - at);
      const longest = Math.max(...waits) / 1000;
      print(name, { accepted: waits.length, delivered: deliveries.length, failures, 'longest wait (s)': longest });
    }
    expect([healthy, broken, hanging, cut].map(({ failures }) => failures)).toEqual([0, 60, 6, 60]);
    // Every message that failed once was sent once more, and none of the healthy one's twice.
    for (const subscriber of subscribers) {
      const attempts = [...subscriber.attempts.values()];
      expect(attempts.filter((n) => n > 1)).toHaveLength(subscriber.failures);
    }
    const late = await installation.query<{ ms: number }>(
      'webhooks',
      `SELECT extract(epoch FROM max(a.created_at - m.created_at))::float * 1000 AS ms
       FROM attempts a JOIN messages m ON m.id = a.message_id WHERE a.endpoint_id = $1`,
      [healthy.endpointId],
    );
    expect(late[0]!.ms).toBeLessThan(5_000);
  });
});
