/** @needs kafka redis */
import { Redis } from 'ioredis';
import { eventually } from './eventually.js';
import { Installation } from './installation.js';
import { survive } from './promises.js';
import { Subscriber } from './subscriber.js';

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

/** Three megabytes in one partition, that nobody has anything to do about. */
const LARGE_BACKLOG = `
  INSERT INTO outbox (key, type, envelope, created_at)
  SELECT 'ins_busy', 'latchkey.instance.updated', json_build_object('specversion', '1.0', 'id', 'evt_large_' || n,
    'source', '/identity', 'type', 'latchkey.instance.updated', 'subject', 'ins_busy', 'time', now(),
    'datacontenttype', 'application/json', 'instanceid', 'ins_busy', 'clientip', '', 'useragent', '',
    'data', json_build_object('padding', repeat('x', 10000))), now()
  FROM generate_series(1, 300) AS n`;

/** Waits until the stream has gone on for a while, with whatever is broken. */
const goesOn = async (changes: { accepted: unknown[]; unanswered: number }) => {
  const soFar = changes.accepted.length + changes.unanswered;
  await eventually('the stream goes on', () => changes.accepted.length + changes.unanswered >= soFar + 40);
};

describe('what Latchkey stands on', () => {
  it('Kafka: changes are accepted without it and delivered when it is back', async () => {
    await survive('kill -9 Kafka', installation, [subscriber], async (changes) => {
      await installation.kafka.kill();
      const soFar = changes.accepted.length;
      await eventually('changes are accepted without Kafka', () => changes.accepted.length >= soFar + 40);
      await installation.restartKafka();
    });
  });

  it('Kafka: stops and starts in good order', async () => {
    await survive('restart Kafka', installation, [subscriber], async (changes) => {
      await installation.kafka.stop();
      await goesOn(changes);
      await installation.restartKafka();
    });
  });

  it('Kafka: takes a backlog of one busy subject that is larger than a request may be', async () => {
    await installation.query('identity', LARGE_BACKLOG);
    await eventually('all is published', async () => {
      const [row] = await installation.query<{ n: number }>('identity', 'SELECT count(*)::int AS n FROM outbox');
      return row!.n === 0;
    });
  });

  it('Redis: emptied while retries wait in it', async () => {
    const redis = new Redis(installation.redis.url);
    // Every fifth message fails at first, so that there are jobs to lose.
    subscriber.misbehaves = (attempt, messages, response) => {
      if (attempt > 1 || messages % 5 > 0) return false;
      response.writeHead(503).end();
      return true;
    };
    try {
      await survive('FLUSHALL', installation, [subscriber], async () => {
        await eventually('jobs wait in Redis', async () => (await redis.keys('latchkey:jobs:*delayed')).length > 0);
        await redis.flushall();
      });
    } finally {
      subscriber.misbehaves = undefined;
      redis.disconnect();
    }
  });

  it('Redis: gone, and back with nothing in it', async () => {
    await survive('kill -9 Redis', installation, [subscriber], async (changes) => {
      await installation.redis.kill();
      const soFar = changes.accepted.length;
      await eventually('changes are accepted without Redis', () => changes.accepted.length >= soFar + 40);
      await installation.restartRedis();
    });
  });

  it('Postgres: gone and back', async () => {
    await survive('kill -9 Postgres', installation, [subscriber], async (changes) => {
      await installation.postgres.kill();
      await goesOn(changes);
      await installation.restartPostgres();
    });
  });
});
