/** @needs kafka redis */
import { eventually } from './eventually.js';
import { Installation } from './installation.js';
import { survive } from './promises.js';
import { Subscriber } from './subscriber.js';
import { eventsOf, withAdmin } from './topic.js';

jest.setTimeout(300_000);

let installation: Installation;
let subscriber: Subscriber;

beforeAll(async () => {
  installation = await Installation.start();
  await Promise.all([installation.addReplica('identity'), installation.addReplica('webhooks')]);
  subscriber = await Subscriber.start(installation);
  await eventually('both processes of webhooks consume', () =>
    withAdmin(installation, async (admin) => {
      const { groups } = await admin.describeGroups(['latchkey-webhooks-server']);
      return groups[0]!.state === 'Stable' && groups[0]!.members.length === 2;
    }),
  );
});
afterAll(async () => {
  await subscriber?.stop();
  await installation?.stop();
});

const outbox = async () =>
  (await installation.query<{ n: number }>('identity', 'SELECT count(*)::int AS n FROM outbox'))[0]!.n;

describe('two processes of identity and two of webhooks', () => {
  it('publish each event once and deliver each message once, both sending, while nothing fails', async () => {
    const senders = new Set<number>();
    await survive('two of each', installation, [subscriber], async () => {
      await eventually('both have sent', async () => {
        const rows = await installation.query<{ id: number }>(
          'webhooks',
          'SELECT DISTINCT held_by AS id FROM deliveries WHERE held_by IS NOT NULL',
        );
        for (const { id } of rows) senders.add(id);
        return senders.size === 2;
      });
    });

    const ids = subscriber.deliveries.map(({ id }) => id);
    expect(ids).toHaveLength(new Set(ids).size);
    const events = (await eventsOf(installation, 'identity')).map(({ id }) => id);
    expect(events).toHaveLength(new Set(events).size);
  });

  it('go on publishing what was accepted when the one is killed that did', async () => {
    await survive('kill -9 the relay that leads', installation, [subscriber], async () => {
      // The first to start leads: there is one lock on the outbox.
      await installation.service('identity').kill();
      await eventually('the other has published what was left', async () => (await outbox()) === 0);
      await installation.service('identity').restart();
    });
  });
});
