/** @needs kafka redis */
import { Redis } from 'ioredis';
import { Kafka, logLevel } from 'kafkajs';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { Backing } from './backing.js';
import { startKafka } from './kafka.js';
import { startPostgres } from './postgres.js';
import { startRedis } from './redis.js';

const NAMES = ['TEST_DATABASE_URL', 'REDIS_URL', 'KAFKA_BROKERS'];
const given = Object.fromEntries(NAMES.map((name) => [name, process.env[name]]));
const started: Backing[] = [];
const folder = mkdtempSync(join(tmpdir(), 'latchkey-backing-'));

const own = <B extends Backing>(backing: B): B => {
  started.push(backing);
  return backing;
};

beforeEach(() => NAMES.forEach((name) => delete process.env[name]));
afterEach(() => Promise.all(started.splice(0).map((backing) => backing.stop())));
afterAll(() => {
  for (const name of NAMES) if (given[name] !== undefined) process.env[name] = given[name];
  rmSync(folder, { recursive: true });
});

describe('startRedis', () => {
  it('keeps apart those that start at the same time', async () => {
    const servers = (await Promise.all([startRedis(), startRedis(), startRedis()])).map(own);

    expect(new Set(servers.map(({ port }) => port)).size).toBe(3);
    const answers = await Promise.all(servers.map(({ url }) => withRedis(url, (redis) => redis.dbsize())));
    expect(answers).toEqual([0, 0, 0]);
  });

  it('comes back after a crash on the same port with the data of its folder', async () => {
    const dataDir = join(folder, 'redis');
    const first = own(await startRedis({ dataDir }));
    await withRedis(first.url, (redis) => redis.set('key', 'value'));
    await first.kill();

    const second = own(await startRedis({ dataDir, port: first.port }));

    expect(second.url).toBe(first.url);
    expect(await withRedis(second.url, (redis) => redis.get('key'))).toBe('value');
  });

  it('says why it did not start', async () => {
    const { port } = own(await startRedis());

    await expect(startRedis({ port })).rejects.toThrow(/redis did not start:[^]*Address already in use/);
  });

  it('leaves one that the environment names alone', async () => {
    const ours = own(await startRedis());
    process.env.REDIS_URL = ours.url;

    const theirs = await startRedis();
    await theirs.stop();

    expect(theirs).toMatchObject({ url: ours.url, port: ours.port, isOurs: false });
    await expect(theirs.kill()).rejects.toThrow(/not ours to kill/);
    expect(await withRedis(ours.url, (redis) => redis.ping())).toBe('PONG');
  });
});

describe('startPostgres', () => {
  it('answers, and names databases of a server from the environment', async () => {
    const server = own(await startPostgres());
    const client = new pg.Client({ connectionString: server.url });
    await client.connect();
    expect((await client.query('SHOW fsync')).rows).toEqual([{ fsync: 'off' }]);
    await client.end();

    process.env.TEST_DATABASE_URL = server.url;
    expect((await startPostgres()).databaseUrl('other')).toBe(server.databaseUrl('other'));
  });
});

describe('startKafka', () => {
  it('keeps its topics through a crash and makes none by itself', async () => {
    const dataDir = join(folder, 'kafka');
    const first = own(await startKafka({ dataDir }));
    await withKafka(first.url, (admin) => admin.createTopics({ topics: [{ topic: 'kept' }], waitForLeaders: true }));
    await first.kill();

    const second = own(await startKafka({ dataDir, port: first.port }));

    expect(second.url).toBe(first.url);
    expect(await withKafka(second.url, (admin) => admin.listTopics())).toEqual(['kept']);
  }, 120_000);
});

async function withRedis<T>(url: string, use: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(url);
  try {
    return await use(redis);
  } finally {
    redis.disconnect();
  }
}

async function withKafka<T>(broker: string, use: (admin: ReturnType<Kafka['admin']>) => Promise<T>): Promise<T> {
  const admin = new Kafka({ brokers: [broker], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  try {
    return await use(admin);
  } finally {
    await admin.disconnect();
  }
}
