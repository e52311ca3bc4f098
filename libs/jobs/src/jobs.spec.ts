/** @needs redis */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { Global, Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { Redis } from 'ioredis';
import { Clock, SystemClock, TestClock } from '@latchkey/core';
import { BullmqJobQueue } from './adapters/bullmq/bullmq-job-queue.js';
import { type Job, JobQueue, JobsModule, Sweeper, Sweepers, TimersJobQueue } from './index.js';

const until = async (holds: () => boolean | Promise<boolean>, ms = 10_000) => {
  const end = Date.now() + ms;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error('the condition did not come true in time');
    await new Promise((done) => setTimeout(done, 10));
  }
};

let redis: ChildProcess;
let port = 0;
let url = '';
const ends: (() => Promise<unknown>)[] = [];

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const free = (probe.address() as AddressInfo).port;
  probe.close();
  await once(probe, 'close');
  return free;
}

async function startRedis(onPort: number): Promise<ChildProcess> {
  const args = ['--bind', '127.0.0.1', '--port', String(onPort), '--save', '', '--appendonly', 'no'];
  const child = spawn('redis-server', args, { stdio: 'ignore' });
  const client = new Redis(`redis://127.0.0.1:${onPort}`, { retryStrategy: () => 20 });
  client.on('error', () => undefined);
  await until(async () => (await client.ping().catch(() => '')) === 'PONG');
  client.disconnect();
  return child;
}

async function stopRedis(child: ChildProcess): Promise<void> {
  const exit = once(child, 'exit');
  child.kill('SIGKILL');
  await exit;
}

beforeAll(async () => {
  port = await freePort();
  redis = await startRedis(port);
  url = `redis://127.0.0.1:${port}`;
});
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});
afterAll(() => stopRedis(redis));

async function make(adapter: 'timers' | 'bullmq', clock: Clock = new SystemClock()): Promise<JobQueue> {
  const queue = adapter === 'timers' ? new TimersJobQueue(clock) : new BullmqJobQueue(url, clock);
  if (queue instanceof BullmqJobQueue) await queue.waitUntilUp(5_000);
  ends.push(() => queue.close());
  return queue;
}

let names = 0;
const newName = () => `test.${names++}`;
const inMs = (ms: number) => ({ runAt: new Date(Date.now() + ms) });

describe.each(['timers', 'bullmq'] as const)('JobQueue over %s', (adapter) => {
  it('hands payload and id to the handler, at once or at its time', async () => {
    const [queue, name] = [await make(adapter), newName()];
    const seen: [string, unknown, number][] = [];
    queue.process<{ n: number }>(name, {}, async ({ id, payload }) => void seen.push([id, payload, Date.now()]));
    const start = Date.now();

    await queue.add(name, 'late', { n: 2 }, inMs(300));
    await queue.add(name, 'soon', { n: 1 });
    await until(() => seen.length === 2);

    expect(seen.map(([id, payload]) => [id, payload])).toEqual([
      ['soon', { n: 1 }],
      ['late', { n: 2 }],
    ]);
    expect(seen[1]![2] - start).toBeGreaterThanOrEqual(295);
  });

  it('keeps jobs until their handler is there', async () => {
    const [queue, name] = [await make(adapter), newName()];
    const seen: string[] = [];
    await queue.add(name, 'a');

    queue.process(name, {}, async ({ id }) => void seen.push(id));

    await until(() => seen.length === 1);
    expect(() => queue.process(name, {}, async () => undefined)).toThrow(/already/);
  });

  it('replaces a job that waits for its time', async () => {
    const [queue, name] = [await make(adapter), newName()];
    const seen: unknown[] = [];
    queue.process(name, {}, async ({ payload }) => void seen.push(payload));

    await queue.add(name, 'a', 'first', inMs(60_000));
    await queue.add(name, 'a', 'second', inMs(50));
    await queue.add(name, 'end', 'end', inMs(200));
    await until(() => seen.includes('end'));

    expect(seen).toEqual(['second', 'end']);
  });

  it('runs a job once more when it was added while it ran, and never twice at once', async () => {
    const [queue, name] = [await make(adapter), newName()];
    const finish: (() => void)[] = [];
    let [running, most] = [0, 0];
    queue.process(name, { concurrency: 5 }, async () => {
      most = Math.max(most, ++running);
      await new Promise<void>((done) => finish.push(done));
      running--;
    });
    await queue.add(name, 'a', 1);
    await until(() => finish.length === 1);

    await queue.add(name, 'a', 2);
    await queue.add(name, 'a', 3);
    finish[0]!();
    await until(() => finish.length === 2);
    finish[1]!();
    await until(() => running === 0);

    expect([finish.length, most]).toEqual([2, 1]);
  });

  it('runs as many at once as it may', async () => {
    const [queue, name] = [await make(adapter), newName()];
    let [running, most, done] = [0, 0, 0];
    queue.process(name, { concurrency: 3 }, async () => {
      most = Math.max(most, ++running);
      await new Promise((next) => setTimeout(next, 20));
      running--;
      done++;
    });
    await Promise.all(Array.from({ length: 12 }, (_, i) => queue.add(name, String(i))));
    await until(() => done === 12);

    expect(most).toBe(3);
  });

  it('tries a failing job three times, then leaves it, and takes it again when it is added again', async () => {
    const [queue, name] = [await make(adapter), newName()];
    let tries = 0;
    queue.process(name, {}, async () => {
      if (++tries <= 3) throw new Error('not yet');
    });
    await queue.add(name, 'a');
    await until(() => tries === 3);

    await until(async () => {
      await queue.add(name, 'a');
      return tries === 4;
    });
  });
});

describe('TimersJobQueue', () => {
  it('follows the clock that a test moves', async () => {
    const clock = new TestClock();
    const queue = (await make('timers', clock)) as TimersJobQueue;
    const seen: string[] = [];
    queue.process('renew', {}, async ({ id }: Job<unknown>) => {
      seen.push(id);
      if (id === 'a') await queue.add('renew', 'chained');
    });
    const day = 86_400_000;
    await queue.add('renew', 'a', null, { runAt: new Date(clock.now().getTime() + 40 * day) });
    await queue.add('renew', 'b', null, { runAt: new Date(clock.now().getTime() + 60 * day) });

    await queue.runDue();
    expect(seen).toEqual([]);
    clock.advance(41 * day);
    await queue.runDue();
    expect(seen).toEqual(['a', 'chained']);
    clock.advance(20 * day);
    await queue.runDue();

    expect(seen).toEqual(['a', 'chained', 'b']);
  });

  it('does not fire at once for a delay beyond what a timer takes', async () => {
    const queue = await make('timers');
    const seen: string[] = [];
    queue.process('far', {}, async ({ id }) => void seen.push(id));
    await queue.add('far', 'next-year', null, inMs(2 ** 31 + 60_000));
    await queue.add('far', 'soon', null, inMs(50));
    await until(() => seen.length > 0);

    expect(seen).toEqual(['soon']);
  });
});

describe('BullmqJobQueue', () => {
  it('neither throws nor waits when there is no Redis', async () => {
    const queue = new BullmqJobQueue('redis://127.0.0.1:1', new SystemClock());
    ends.push(() => queue.close());
    const start = Date.now();

    for (let i = 0; i < 20; i++) await queue.add('gone', String(i));

    expect(Date.now() - start).toBeLessThan(1_000);
  });

  it('works once Redis is there, and again after it was killed and came back empty', async () => {
    const ownPort = await freePort();
    const queue = new BullmqJobQueue(`redis://127.0.0.1:${ownPort}`, new SystemClock());
    ends.push(() => queue.close());
    const seen = new Set<string>();
    queue.process('late', {}, async ({ id }) => void seen.add(id));
    await queue.add('late', 'lost');

    for (const id of ['first', 'second']) {
      const own = await startRedis(ownPort);
      await until(async () => {
        await queue.add('late', id);
        return seen.has(id);
      });
      await stopRedis(own);
      await queue.add('late', 'lost');
    }

    expect([...seen]).toEqual(['first', 'second']);
  });

  it('shares the jobs of a name over replicas', async () => {
    const [one, two, name] = [await make('bullmq'), await make('bullmq'), newName()];
    const seen: string[] = [];
    for (const queue of [one, two]) queue.process(name, { concurrency: 1 }, async ({ id }) => void seen.push(id));
    await Promise.all(Array.from({ length: 20 }, (_, i) => one.add(name, String(i))));
    await until(() => seen.length >= 20);

    expect(new Set(seen).size).toBe(20);
    expect(seen).toHaveLength(20);
  });
});

describe('Sweeper', () => {
  it('runs every so often, never twice at once, until it is stopped', async () => {
    let [running, most, runs] = [0, 0, 0];
    const sweeper = new Sweeper('test', 10, async () => {
      most = Math.max(most, ++running);
      await new Promise((done) => setTimeout(done, 5));
      running--;
      if (++runs === 2) throw new Error('once');
    });
    sweeper.poke();
    await until(() => runs >= 4);
    await sweeper.stop();
    const after = runs;
    await sweeper.runNow();

    expect([most, running, runs]).toEqual([1, 0, after]);
  });

  it('sees in runNow what was written before, also while a run is under way', async () => {
    let table = 0;
    const seen: number[] = [];
    let go!: () => void;
    const sweeper = new Sweeper('test', 60_000, async () => {
      seen.push(table);
      if (seen.length === 1) await new Promise<void>((done) => (go = done));
    });
    ends.push(() => sweeper.stop());
    const first = sweeper.runNow();
    await until(() => go !== undefined);
    table = 1;

    const later = Promise.all([sweeper.runNow(), sweeper.runNow()]);
    go();
    await Promise.all([first, later]);

    expect(seen).toEqual([0, 1]);
  });

  it('tells the caller of runNow what went wrong', async () => {
    const sweeper = new Sweeper('test', 60_000, () => Promise.reject(new Error('broken')));
    ends.push(() => sweeper.stop());
    await expect(sweeper.runNow()).rejects.toThrow('broken');
  });
});

describe('JobsModule', () => {
  @Global()
  @Module({ providers: [{ provide: Clock, useClass: SystemClock }], exports: [Clock] })
  class ClockModule {}

  it('gives the queue of each adapter, and ends it and the sweepers on shutdown', async () => {
    for (const options of [{ adapter: 'timers' as const }, { adapter: 'bullmq' as const, url }]) {
      const app = await Test.createTestingModule({ imports: [ClockModule, JobsModule.forRoot(options)] }).compile();
      await app.init();
      const [name, seen] = [newName(), [] as string[]];
      app.get(JobQueue).process(name, {}, async ({ id }) => void seen.push(id));
      await app.get(JobQueue).add(name, 'a');
      let sweeps = 0;
      app.get(Sweepers).every('test', 60_000, async () => void sweeps++);
      await app.get(Sweepers).runAll();
      await until(() => seen.length === 1);

      await app.close();
      await app.get(Sweepers).runAll();

      expect(sweeps).toBe(1);
    }
  });
});
