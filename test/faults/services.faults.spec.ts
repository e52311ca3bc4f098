/** @needs kafka redis */
import { topicOf } from '@latchkey/contracts';
import { eventually } from './eventually.js';
import { Installation } from './installation.js';
import { survive } from './promises.js';
import { Subscriber } from './subscriber.js';
import { recordsOn, withAdmin } from './topic.js';

jest.setTimeout(300_000);

let installation: Installation;
let subscriber: Subscriber;

beforeAll(async () => {
  installation = await Installation.start();
  subscriber = await Subscriber.start(installation);
});
afterAll(async () => {
  await subscriber?.stop();
  await installation?.stop();
});

describe('kill -9', () => {
  it.each(['identity', 'gateway', 'webhooks'] as const)('of %s loses nothing that was accepted', async (name) => {
    await survive(`kill -9 ${name}`, installation, [subscriber], async () => {
      await installation.service(name).kill();
      await installation.service(name).restart();
    });
  });

  it('of the relay between publishing and noting it repeats events, whose effects come once', async () => {
    await survive('kill -9 relay', installation, [subscriber], async (changes) => {
      const topic = topicOf('identity');
      const identity = installation.service('identity');
      await installation.query('identity', HOLD_DELETES);
      const waiting = async () =>
        (await installation.query<{ n: number }>('identity', 'SELECT count(*)::int AS n FROM outbox'))[0]!.n;
      const before = await withAdmin(installation, (admin) => recordsOn(admin, topic));
      const soFar = changes.accepted.length;
      await eventually('a backlog waits', () => changes.accepted.length >= soFar + 60);
      await withAdmin(installation, (admin) =>
        eventually('a part of it is published', async () => (await recordsOn(admin, topic)) > before),
      );
      await identity.kill();
      // What Postgres was doing for it would go on, and be noted after all.
      await installation.query(
        'identity',
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'latchkey-relay-identity'`,
      );
      expect(await waiting()).toBeGreaterThan(0);
      await installation.query('identity', RELEASE_DELETES);
      await identity.restart();
    });
    // The records that came twice: what this test is about did happen.
    const events = await withAdmin(installation, (admin) => recordsOn(admin, topicOf('identity')));
    const [row] = await installation.query<{ n: number }>(
      'webhooks',
      `SELECT count(*)::int AS n FROM inbox WHERE consumer = 'webhooks.messages'`,
    );
    expect(events).toBeGreaterThan(row!.n);
  });
});

/** Keeps the relay between "Kafka has it" and "it is noted" for as long as need be. */
const HOLD_DELETES = `
  CREATE FUNCTION hold_deletes() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(600); RETURN NULL; END $$;
  CREATE TRIGGER hold_deletes BEFORE DELETE ON outbox FOR EACH STATEMENT EXECUTE FUNCTION hold_deletes()`;
const RELEASE_DELETES = 'DROP TRIGGER hold_deletes ON outbox; DROP FUNCTION hold_deletes()';
