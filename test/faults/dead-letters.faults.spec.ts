/** @needs kafka redis */
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { topicOf } from '@latchkey/contracts';
import { projectRoot } from '@latchkey/postgres';
import { eventually } from './eventually.js';
import { Installation } from './installation.js';
import { startStandalone, type Standalone } from './standalone.js';
import { Subscriber } from './subscriber.js';
import { produce } from './topic.js';

jest.setTimeout(300_000);

interface Row {
  id: string;
  consumer: string;
  type: string | null;
  subject: string | null;
  settled: string | null;
  error: string;
}

/** What the command is told about where to look. */
type Where = Record<string, string | undefined>;

/** Runs the command as an operator does. */
async function deadLetters(where: Where, ...args: string[]): Promise<{ code: number; out: string }> {
  const command = [join(projectRoot(), 'tools', 'dead-letters.mjs'), ...args];
  try {
    const env = { ...process.env, ...where };
    return { code: 0, out: (await promisify(execFile)(process.execPath, command, { env })).stdout };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, out: stdout + stderr };
  }
}

const waiting = async (where: Where, ...args: string[]) =>
  JSON.parse((await deadLetters(where, 'list', '--json', ...args)).out) as Row[];

type App = Record<string, string>;

async function bapi(app: App, method: string, path: string, body: object): Promise<{ id: string }> {
  const answer = await fetch(app.CLERK_API_URL + path, {
    method,
    headers: { authorization: `Bearer ${app.CLERK_SECRET_KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  expect(answer.status).toBe(200);
  return (await answer.json()) as { id: string };
}

const newUser = (app: App, publicMetadata: object) =>
  bapi(app, 'POST', '/v1/users', {
    email_address: [`${randomUUID()}@example.com`],
    skip_password_requirement: true,
    public_metadata: publicMetadata,
  });

const came = (subscriber: Subscriber, userId: string, n: number) =>
  eventually(`change ${n} of ${userId} is delivered`, () => subscriber.firsts().has(`${userId}:${n}`), 60_000);

/** Makes an event that `webhooks` cannot store, looks at it, replays it too early, cures the fault and replays it again. */
async function parkAndReplay(
  app: App,
  where: Where,
  subscriber: Subscriber,
  query: (sql: string) => Promise<unknown[]>,
): Promise<void> {
  await query(`ALTER TABLE messages ADD CONSTRAINT messages_no_poison CHECK (payload NOT LIKE '%poison%') NOT VALID`);
  const user = await newUser(app, { n: 0, word: 'poison' });
  await bapi(app, 'PATCH', `/v1/users/${user.id}/metadata`, { public_metadata: { n: 1, word: 'cure' } });

  // The same user's next event lies behind it, on Kafka in the same partition.
  await came(subscriber, user.id, 1);
  const [letter, ...more] = await waiting(where);
  expect(more).toEqual([]);
  expect(letter).toMatchObject({ consumer: 'webhooks.messages', type: 'user.created', subject: user.id });
  expect((await deadLetters(where, 'show', '--id', letter!.id)).out).toContain('messages_no_poison');

  const tooEarly = await deadLetters(where, 'replay', '--id', letter!.id);
  expect(tooEarly).toMatchObject({ code: 1, out: expect.stringContaining('failed again') as string });
  const [again] = await waiting(where);
  expect(again!.id).not.toBe(letter!.id);

  await query('ALTER TABLE messages DROP CONSTRAINT messages_no_poison');
  const replayed = await deadLetters(where, 'replay', '--service', 'webhooks');
  expect(replayed).toEqual({ code: 0, out: `${again!.id}: handled\n` });
  await came(subscriber, user.id, 0);
  expect(await waiting(where)).toEqual([]);
  expect((await waiting(where, '--all')).map(({ settled }) => settled)).toEqual(['replayed', 'replayed']);
  expect(await deadLetters(where, 'replay', '--id', again!.id)).toMatchObject({ code: 1 });

  const effects = await query(`SELECT id FROM messages WHERE subject = '${user.id}'`);
  expect(effects).toHaveLength(2);
}

/** One that is larger than Kafka takes as it comes, and one that is larger than its topic takes. */
const EVENTS_OF_MEGABYTES = `
  INSERT INTO outbox (key, type, envelope, created_at)
  SELECT 'ins_large', 'latchkey.instance.updated', json_build_object('specversion', '1.0', 'id', 'evt_megabytes_' || n,
    'source', '/identity', 'type', 'latchkey.instance.updated', 'subject', 'ins_large', 'time', now(),
    'datacontenttype', 'application/json', 'instanceid', 'ins_large', 'clientip', '', 'useragent', '',
    'data', json_build_object('padding', repeat('x', n * 1000000))), now()
  FROM unnest(ARRAY[2, 5]) AS n`;

describe('an event that a consumer cannot handle', () => {
  describe('in the distributed way to run', () => {
    let installation: Installation;
    let subscriber: Subscriber;
    let where: Where;

    beforeAll(async () => {
      installation = await Installation.start();
      subscriber = await Subscriber.start(installation);
      where = { KAFKA_BROKERS: installation.kafka.url };
    });
    afterAll(async () => {
      await subscriber?.stop();
      await installation?.stop();
    });

    it('is parked, stops nothing behind it, and is delivered when it is replayed after the cure', async () => {
      await parkAndReplay(installation.app, where, subscriber, (sql) => installation.query('webhooks', sql));
    });

    it('is parked in the table of its own service when Kafka would never take it, and stops nothing behind it', async () => {
      await installation.query('identity', EVENTS_OF_MEGABYTES);

      const { id } = await newUser(installation.app, { n: 0 });
      await came(subscriber, id, 0);

      const parked = await installation.query('identity', 'SELECT consumer, error, envelope FROM dead_letters');
      expect(parked).toMatchObject([{ consumer: '-', error: expect.stringMatching(/too large/) as string }]);
      expect((parked[0] as { envelope: string }).envelope).toContain('evt_megabytes_5');
      expect(await installation.query('identity', 'SELECT seq FROM outbox')).toEqual([]);
    });

    it('is parked too when it is no event at all, whatever it is', async () => {
      const values = ['not JSON', '{"json":"but no event"}', '42', ''];
      await produce(installation, topicOf('identity'), values);

      // As many users as reach every partition, behind what lies there now.
      const users = await Promise.all(Array.from({ length: 24 }, () => newUser(installation.app, { n: 0 })));
      for (const { id } of users) await came(subscriber, id, 0);
      await eventually('all are parked, for each of the two services that listen', async () => {
        const rows = await waiting(where);
        return rows.length === values.length * 2 && rows.every(({ consumer }) => consumer === '-');
      });
      expect(await waiting(where, '--service', 'webhooks')).toHaveLength(values.length);

      const refused = await deadLetters(where, 'replay', '--service', 'webhooks');
      expect(refused).toMatchObject({ code: 1, out: expect.stringContaining('cannot be replayed') as string });
      for (const { id } of await waiting(where))
        expect(await deadLetters(where, 'discard', '--id', id)).toMatchObject({ code: 0 });
      expect(await waiting(where)).toEqual([]);
    });
  });

  describe('in the standalone way to run', () => {
    let standalone: Standalone;
    let subscriber: Subscriber;

    beforeAll(async () => {
      standalone = await startStandalone();
      subscriber = await Subscriber.start(standalone);
    });
    afterAll(async () => {
      await subscriber?.stop();
      await standalone?.stop();
    });

    it('is parked in a table, and is delivered when it is replayed after the cure', async () => {
      const where = { KAFKA_BROKERS: undefined, DATABASE_URL: undefined, LATCHKEY_DATA_DIR: standalone.dataDir };
      await parkAndReplay(standalone.app, where, subscriber, (sql) => standalone.query(sql));
    });
  });
});
