/** @needs redis */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { Global, Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { Redis } from 'ioredis';
import { Clock, TestClock } from '@latchkey/core';
import { MemoryRateLimits } from './adapters/memory/memory-rate-limits.js';
import { RedisLink, type StateEvent } from './adapters/redis/redis-link.js';
import { RedisRateLimits } from './adapters/redis/redis-rate-limits.js';
import { RedisSharedState, STATE_PREFIX } from './adapters/redis/redis-shared-state.js';
import {
  MemorySharedState,
  RateLimited,
  RateLimits,
  ReadThrough,
  SharedState,
  StateModule,
  StateUnavailable,
} from './index.js';

const until = async (holds: () => boolean | Promise<boolean>, ms = 5_000) => {
  const end = Date.now() + ms;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error('the condition did not come true in time');
    await new Promise((done) => setTimeout(done, 10));
  }
};

/** A real Redis on a free port, which can be frozen and thawed as a network failure would. */
class RedisServer {
  private child!: ChildProcess;
  port = 0;

  get url() {
    return `redis://127.0.0.1:${this.port}`;
  }

  async start() {
    const probe = createServer().listen(this.port, '127.0.0.1');
    await once(probe, 'listening');
    this.port = (probe.address() as AddressInfo).port;
    probe.close();
    await once(probe, 'close');
    const args = ['--bind', '127.0.0.1', '--port', String(this.port), '--save', '', '--appendonly', 'no'];
    this.child = spawn('redis-server', args, { stdio: 'ignore' });
    const client = new Redis(this.url, { retryStrategy: () => 20 });
    client.on('error', () => undefined);
    await until(async () => (await client.ping().catch(() => '')) === 'PONG');
    client.disconnect();
  }

  freeze() {
    this.child.kill('SIGSTOP');
  }

  thaw() {
    this.child.kill('SIGCONT');
  }

  async stop() {
    const exit = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await exit;
  }
}

const clock = new TestClock();
const server = new RedisServer();
const links: RedisLink[] = [];
const events: StateEvent[] = [];

async function connect(options: { maxTainted?: number } = {}) {
  const link = new RedisLink({
    url: server.url,
    prefix: STATE_PREFIX,
    observe: (event) => events.push(event),
    ...options,
  });
  links.push(link);
  expect(await link.waitUntilUp(5_000)).toBe(true);
  return link;
}

/** Redis answers nobody until `work` is done, then it answers again. */
async function whileAway<T>(link: RedisLink, work: () => Promise<T>): Promise<T> {
  server.freeze();
  try {
    return await work();
  } finally {
    server.thaw();
    await until(() => link.isUp);
  }
}

beforeAll(() => server.start());
afterEach(() => {
  for (const link of links.splice(0)) link.close();
  events.length = 0;
});
afterAll(() => server.stop());

describe.each(['memory', 'redis'] as const)('SharedState over %s', (adapter) => {
  const make = async (): Promise<SharedState> =>
    adapter === 'memory' ? new MemorySharedState(clock) : new RedisSharedState(await connect());
  const key = (name: string) => `${name}:${Math.random()}`;

  it('reads what was set, in order, until it is deleted', async () => {
    const state = await make();
    const [a, b] = [key('a'), key('b')];
    await state.set(a, '1', 60_000);
    await state.set(b, '2', 60_000);

    expect(await state.getMany([b, key('none'), a])).toEqual(['2', null, '1']);
    await state.delete(a, b);

    expect(await state.get(a)).toBeNull();
    expect(await state.getMany([])).toEqual([]);
  });

  it('gives a key to one of those that race for it', async () => {
    const state = await make();
    const [lock, code] = [key('lock'), key('code')];
    await state.set(code, 'secret', 60_000);

    const locks = await Promise.all([1, 2, 3].map((n) => state.setIfAbsent(lock, String(n), 60_000)));
    const codes = await Promise.all([1, 2, 3].map(() => state.take(code)));

    expect(locks.filter(Boolean)).toHaveLength(1);
    expect(codes.filter((value) => value === 'secret')).toHaveLength(1);
    expect(codes.filter((value) => value === null)).toHaveLength(2);
  });

  it('forgets an entry after its time, and counts anew', async () => {
    const state = await make();
    const [entry, counter] = [key('entry'), key('counter')];
    await state.set(entry, '1', 150);
    expect([await state.increment(counter, 150), await state.increment(counter, 150)]).toEqual([1, 2]);
    expect(await state.get(entry)).toBe('1');

    if (adapter === 'memory') clock.advance(151);
    await until(async () => (await state.get(entry)) === null && (await state.get(counter)) === null);

    expect(await state.increment(counter, 150)).toBe(1);
  });
});

describe('SharedState while Redis is away', () => {
  it('reads null and drops writes fast, and lets the caller of take and setIfAbsent know', async () => {
    const link = await connect();
    const state = new RedisSharedState(link);
    await state.set('held', 'old', 60_000);

    await whileAway(link, async () => {
      const start = Date.now();
      expect(await state.get('held')).toBeNull();
      for (let i = 0; i < 100; i++) expect(await state.get('held')).toBeNull();
      await state.set('other', 'x', 60_000);
      expect(await state.increment('n', 60_000)).toBeNull();
      expect(Date.now() - start).toBeLessThan(1_000);
      await expect(state.take('code')).rejects.toThrow(StateUnavailable);
      await expect(state.setIfAbsent('lock', '1', 1_000)).rejects.toThrow(StateUnavailable);
    });

    expect(events.filter((event) => event !== 'write_dropped')).toEqual(['closed', 'opened', 'closed']);
    expect(await state.get('held')).toBe('old');
  });

  it('does not bring back what was deleted, overwritten or taken meanwhile', async () => {
    const link = await connect();
    const state = new RedisSharedState(link);
    for (const key of ['deleted', 'overwritten', 'taken', 'untouched']) await state.set(key, 'old', 60_000);

    await whileAway(link, async () => {
      await state.delete('deleted');
      await state.set('overwritten', 'new', 60_000);
      await expect(state.take('taken')).rejects.toThrow(StateUnavailable);
    });

    expect(await state.getMany(['deleted', 'overwritten', 'taken', 'untouched'])).toEqual([null, null, null, 'old']);
  });

  it('removes everything when more writes were dropped than it remembers, and nothing that is not its own', async () => {
    const link = await connect({ maxTainted: 3 });
    const state = new RedisSharedState(link);
    await link.client.set('not-ours', '1');
    for (let i = 0; i < 10; i++) await state.set(`many:${i}`, 'old', 60_000);

    await whileAway(link, async () => {
      for (let i = 0; i < 5; i++) await state.delete(`many:${i}`);
    });

    expect(await state.getMany(Array.from({ length: 10 }, (_, i) => `many:${i}`))).toEqual(Array(10).fill(null));
    expect(await link.client.get('not-ours')).toBe('1');
    expect(events).toContain('flushed');
  });

  it('works again after Redis was killed and came back empty', async () => {
    const link = await connect();
    const state = new RedisSharedState(link);
    await server.stop();
    await until(() => !link.isUp);
    expect(await state.get('x')).toBeNull();

    await server.start();
    await until(() => link.isUp);
    await state.set('x', '1', 60_000);

    expect(await state.get('x')).toBe('1');
  });
});

describe('RateLimits', () => {
  const rule = { name: 'sign-in', limit: 2, windowMs: 10_000 };
  const refusal = (limits: RateLimits, key: string) =>
    limits.consume(rule, key).then(
      () => null,
      (error: unknown) => error,
    );

  it.each(['memory', 'redis'] as const)(
    'over %s refuses beyond the limit, per key, and says when to come back',
    async (adapter) => {
      const memory = new MemoryRateLimits(clock);
      const limits = adapter === 'memory' ? memory : new RedisRateLimits(await connect(), memory);
      await limits.consume(rule, 'a');
      await limits.consume(rule, 'a');

      const refused = await refusal(limits, 'a');

      expect(refused).toBeInstanceOf(RateLimited);
      expect((refused as RateLimited).retryAfterSeconds).toBeGreaterThanOrEqual(9);
      expect((refused as RateLimited).retryAfterSeconds).toBeLessThanOrEqual(10);
      expect(Number.isInteger((refused as RateLimited).retryAfterSeconds)).toBe(true);
      expect(await refusal(limits, 'b')).toBeNull();
    },
  );

  it('opens the window again when its time is over', async () => {
    const limits = new MemoryRateLimits(clock);
    for (let i = 0; i < 3; i++) await refusal(limits, 'a');
    clock.advance(9_500);
    expect(((await refusal(limits, 'a')) as RateLimited).retryAfterSeconds).toBe(1);

    clock.advance(501);

    expect(await refusal(limits, 'a')).toBeNull();
  });

  it('shares the count over replicas, and goes on alone while Redis is away', async () => {
    const [one, two] = [await connect(), await connect()];
    const first = new RedisRateLimits(one, new MemoryRateLimits(clock));
    const second = new RedisRateLimits(two, new MemoryRateLimits(clock));
    await first.consume(rule, 'shared');
    await second.consume(rule, 'shared');
    expect(await refusal(first, 'shared')).toBeInstanceOf(RateLimited);

    await whileAway(one, async () => {
      expect([await refusal(first, 'alone'), await refusal(first, 'alone')]).toEqual([null, null]);
      expect(await refusal(first, 'alone')).toBeInstanceOf(RateLimited);
    });
  });
});

describe('ReadThrough', () => {
  const cache = (state: SharedState, localTtlMs = 1_000) =>
    new ReadThrough<{ n: number }>(state, { name: 'things', ttlMs: 60_000, localTtlMs });

  it('loads once for all who ask at once and for all replicas', async () => {
    const state = new MemorySharedState(clock);
    let loads = 0;
    const load = async () => ({ n: ++loads });
    const things = cache(state);

    const values = await Promise.all([1, 2, 3].map(() => things.get('a', load)));

    expect([...values, await things.get('a', load), await cache(state).get('a', load)]).toEqual(
      Array(5).fill({ n: 1 }),
    );
    expect(loads).toBe(1);
  });

  it('keeps a value in memory no longer than by the time of its state', async () => {
    const moving = new TestClock();
    const things = cache(new MemorySharedState(moving));
    await things.get('a', async () => ({ n: 1 }));

    moving.advance(61_000);

    expect(await things.get('a', async () => ({ n: 2 }))).toEqual({ n: 2 });
  });

  it('keeps neither null nor an error', async () => {
    const things = cache(new MemorySharedState(clock));

    await expect(things.get('a', () => Promise.reject(new Error('away')))).rejects.toThrow('away');
    expect(await things.get('a', async () => null)).toBeNull();
    expect(await things.get('a', async () => ({ n: 1 }))).toEqual({ n: 1 });
  });

  describe('while its owner is away', () => {
    const lasting = (state: SharedState) =>
      new ReadThrough<{ n: number }>(state, { name: 'lasting', ttlMs: 60_000, localTtlMs: 0, staleOnErrorMs: 600_000 });
    const away = () => Promise.reject(new Error('away'));

    it('gives the last value out for its time', async () => {
      const moving = new TestClock();
      const things = lasting(new MemorySharedState(moving));
      await things.get('a', async () => ({ n: 1 }));
      moving.advance(61_000);

      expect(await things.get('a', away)).toEqual({ n: 1 });
      moving.advance(3_000);
      expect(await things.get('a', async () => ({ n: 2 }))).toEqual({ n: 2 });
      moving.advance(601_000);
      await expect(things.get('a', away)).rejects.toThrow('away');
    });

    it('gives the last values of several keys out for their whole time', async () => {
      const moving = new TestClock();
      const things = lasting(new MemorySharedState(moving));
      const both = [{ n: 1 }, { n: 2 }];
      await things.getMany(['a', 'b'], async () => both);
      moving.advance(61_000);

      for (let asked = 0; asked < 3; asked++) {
        expect(await things.getMany(['a', 'b'], away)).toEqual(both);
        moving.advance(3_000);
      }
      expect(await things.get('b', away)).toEqual({ n: 2 });
      moving.advance(3_000);
      expect(await things.getMany(['a', 'b'], async () => [{ n: 3 }, { n: 4 }])).toEqual([{ n: 3 }, { n: 4 }]);
      // Since the values were loaded, not since they were last given out.
      moving.advance(601_000);
      await expect(things.getMany(['a', 'b'], away)).rejects.toThrow('away');
    });

    it.each(['get', 'getMany'] as const)(
      'keeps the last value when two replicas load it at once with %s',
      async (how) => {
        const moving = new TestClock();
        const state = new MemorySharedState(moving);
        const replicas = [lasting(state), lasting(state)];
        let release!: () => void;
        const held = new Promise<void>((resolve) => (release = resolve));
        const slow = async () => {
          await held;
          return { n: 1 };
        };
        const reads = replicas.map((things) =>
          how === 'get' ? things.get('a', slow) : things.getMany(['a'], async () => [await slow()]),
        );
        release();
        await Promise.all(reads);
        moving.advance(61_000);

        expect(await replicas[0]!.get('a', away)).toEqual({ n: 1 });
      },
    );

    it.each(['here', 'on another replica'])(
      'takes the last value back when an invalidation %s refuses it',
      async (where) => {
        const moving = new TestClock();
        const state = new MemorySharedState(moving);
        const things = lasting(state);
        const changed = where === 'here' ? things : lasting(state);
        await things.getMany(['a'], async () => {
          await changed.invalidate('a');
          return [{ n: 1 }];
        });
        moving.advance(10_000);

        await expect(things.getMany(['a'], away)).rejects.toThrow('away');
      },
    );

    it('takes the last value back when an invalidation comes just after it is stored', async () => {
      const moving = new TestClock();
      class Interrupted extends MemorySharedState {
        override async setIfAbsent(key: string, value: string, ttlMs: number): Promise<boolean> {
          const isSet = await super.setIfAbsent(key, value, ttlMs);
          await things.invalidate('a');
          return isSet;
        }
      }
      const things = lasting(new Interrupted(moving));
      await things.get('a', async () => ({ n: 1 }));
      moving.advance(10_000);

      await expect(things.get('a', away)).rejects.toThrow('away');
    });

    it('gives nothing out that was invalidated', async () => {
      const moving = new TestClock();
      const things = lasting(new MemorySharedState(moving));
      await things.get('a', async () => ({ n: 1 }));
      await things.invalidate('a');
      moving.advance(10_000);

      await expect(things.get('a', away)).rejects.toThrow('away');
    });

    it('takes a refusal for an answer', async () => {
      const moving = new TestClock();
      const things = lasting(new MemorySharedState(moving));
      await things.get('a', async () => ({ n: 1 }));
      moving.advance(61_000);
      const refuse = () => Promise.reject(Object.assign(new Error('gone'), { status: 404 }));

      await expect(things.get('a', refuse)).rejects.toThrow('gone');
    });
  });

  it('loads anew after an invalidation', async () => {
    const things = cache(new MemorySharedState(clock));
    await things.get('a', async () => ({ n: 1 }));

    await things.invalidate('a');

    expect(await things.get('a', async () => ({ n: 2 }))).toEqual({ n: 2 });
  });

  it('keeps of several values none that was read before an invalidation', async () => {
    const state = new MemorySharedState(clock);
    await cache(state).getMany(['a', 'b'], async () => [{ n: 1 }, { n: 2 }]);
    const things = cache(state, 60_000);
    const read = things.getMany(['a', 'b'], async () => [null, null]);

    await things.invalidate('a');

    expect(await read).toEqual([{ n: 1 }, { n: 2 }]);
    expect(await things.getMany(['a', 'b'], async (missing) => missing.map(() => ({ n: 9 })))).toEqual([
      { n: 9 },
      { n: 2 },
    ]);
  });

  it.each(['here', 'on another replica'])('never keeps what was read before an invalidation %s', async (where) => {
    const state = new MemorySharedState(clock);
    const [things, elsewhere] = [cache(state), cache(state)];
    let finish!: (value: { n: number }) => void;
    const slow = things.get('a', () => new Promise<{ n: number }>((done) => (finish = done)));
    await until(() => finish !== undefined);

    await (where === 'here' ? things : elsewhere).invalidate('a');
    const next = cache(state).get('a', async () => ({ n: 2 }));
    finish({ n: 1 });

    expect(await slow).toEqual({ n: 1 });
    expect(await next).toEqual({ n: 2 });
    expect(await things.get('a', async () => ({ n: 2 }))).toEqual({ n: 2 });
    clock.advance(5_001);
    expect(await cache(state).get('a', async () => ({ n: 2 }))).toEqual({ n: 2 });
  });

  it('answers from the owner while Redis is away, and from a fresh entry afterwards', async () => {
    const link = await connect();
    const things = cache(new RedisSharedState(link), 0);
    await things.get('fresh', async () => ({ n: 1 }));

    await whileAway(link, async () => {
      expect(await things.get('fresh', async () => ({ n: 2 }))).toEqual({ n: 2 });
      await things.invalidate('fresh');
    });

    expect(await things.get('fresh', async () => ({ n: 3 }))).toEqual({ n: 3 });
    expect(await things.get('fresh', async () => ({ n: 4 }))).toEqual({ n: 3 });
  });
});

describe('StateModule', () => {
  @Global()
  @Module({ providers: [{ provide: Clock, useValue: clock }], exports: [Clock] })
  class ClockModule {}

  it('gives the ports of each adapter and ends its connection on shutdown', async () => {
    const shared = new MemorySharedState(clock);
    for (const options of [
      { adapter: 'memory' as const, state: shared },
      { adapter: 'redis' as const, url: server.url },
    ]) {
      const app = await Test.createTestingModule({ imports: [ClockModule, StateModule.forRoot(options)] }).compile();
      await app.init();
      await app.get(SharedState).set('module', options.adapter, 60_000);
      expect(await app.get(SharedState).get('module')).toBe(options.adapter);
      await app.get(RateLimits).consume({ name: 'module', limit: 1, windowMs: 1_000 }, options.adapter);
      await app.close();
    }
    expect(await shared.get('module')).toBe('memory');
    const probe = new Redis(server.url);
    const connections = async () =>
      String(await probe.client('LIST'))
        .trim()
        .split('\n').length;
    await until(async () => (await connections()) === 1);
    probe.disconnect();
  });
});
