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
      const identity = installation.service('identity');
      const count = async (sql: string) => (await installation.query<{ n: number }>('identity', sql))[0]!.n;
      await installation.query('identity', HOLD_DELETES);
      await eventually('the relay has published and not noted it', async () => (await count(HELD)) === 1);
      const soFar = changes.accepted.length;
      await eventually('a backlog waits behind that', () => changes.accepted.length >= soFar + 60);
      await identity.kill();
      // What Postgres was doing for it would go on, and be noted after all.
      await installation.query(
        'identity',
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'latchkey-relay-identity'`,
      );
      expect(await count('SELECT count(*)::int AS n FROM outbox')).toBeGreaterThan(60);
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
const HELD = `
  SELECT count(*)::int AS n FROM pg_stat_activity
  WHERE application_name = 'latchkey-relay-identity' AND wait_event = 'PgSleep'`;
const RELEASE_DELETES = 'DROP TRIGGER hold_deletes ON outbox; DROP FUNCTION hold_deletes()';
