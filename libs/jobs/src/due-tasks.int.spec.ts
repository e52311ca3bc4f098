import pg from 'pg';
import { randomText, TestClock } from '@latchkey/core';
import { transaction } from '@latchkey/db';
import { deploy, dropDatabase, inTransaction } from '@latchkey/postgres';
import { startPostgres } from '@latchkey/testing';
import { type DueTask, DueTasks, type DueTasksDb, LEASE_MS, Sweepers, TimersJobQueue } from './index.js';

/** As much of a Prisma client as tasks need, over the same driver: a generated client belongs to a service. */
class Db implements DueTasksDb {
  constructor(private readonly client: pg.Pool | pg.PoolClient) {}

  async $queryRawUnsafe<T>(sql: string, ...values: unknown[]): Promise<T> {
    return (await this.client.query(sql, values)).rows as T;
  }

  async $executeRawUnsafe(sql: string, ...values: unknown[]): Promise<number> {
    return (await this.client.query(sql, values)).rowCount ?? 0;
  }

  $transaction<R>(work: (tx: Db) => Promise<R>): Promise<R> {
    return inTransaction(this.client as pg.Pool, (client) => work(new Db(client)));
  }
}

interface Input {
  upTo?: string;
}

let server: Awaited<ReturnType<typeof startPostgres>>;
let url = '';
let pool: pg.Pool;
let db: Db;
const clock = new TestClock();
const ends: (() => Promise<void>)[] = [];

beforeAll(async () => {
  server = await startPostgres();
  url = server.databaseUrl(`due_tasks_${randomText(12).toLowerCase()}`);
  await deploy({ service: 'organizations', url });
  pool = new pg.Pool({ connectionString: url });
  db = new Db(pool);
});
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
  await pool.query('DELETE FROM due_tasks');
});
afterAll(async () => {
  await pool.end();
  await dropDatabase(url);
  await server.stop();
});

/** A process: its tasks, its jobs, and what it is without when it is killed. */
function start(handler: (task: DueTask<Input>) => Promise<void>, kind = 'greet') {
  const [jobs, sweepers] = [new TimersJobQueue(clock), new Sweepers()];
  const tasks = new DueTasks('test', db, jobs, sweepers, clock);
  tasks.handle(kind, handler);
  tasks.onModuleInit();
  ends.push(() => sweepers.onModuleDestroy());
  return { tasks, sweep: () => sweepers.runAll(), wake: () => jobs.runDue() };
}

const order = (tasks: DueTasks, subjectId: string, input: Input = {}, kind = 'greet') =>
  transaction(db, (tx: Db) => tasks.add(tx, { instanceId: 'ins_1', kind, subjectId, input }));
const left = async () => (await pool.query('SELECT subject_id FROM due_tasks')).rows.length;

/** A handler that stands still until it is let go. */
function gate() {
  let [arrive, leave] = [() => {}, () => {}];
  const arrived = new Promise<void>((done) => (arrive = done));
  const open = new Promise<void>((done) => (leave = done));
  return { arrived, leave: () => leave(), pass: () => (arrive(), open) };
}

describe('DueTasks', () => {
  it('does what was asked for after the commit, and never what was taken back', async () => {
    const seen: Partial<DueTask<Input>>[] = [];
    const { tasks, wake, sweep } = start(async ({ instanceId, kind, subjectId, input, attempts }) => {
      seen.push({ instanceId, kind, subjectId, input, attempts });
    });

    await order(tasks, 'a', { upTo: 'x' });
    const failed = transaction(db, async (tx: Db) => {
      await tasks.add(tx, { instanceId: 'ins_1', kind: 'greet', subjectId: 'b' });
      throw new Error('no');
    });
    await expect(failed).rejects.toThrow('no');
    await wake();
    await sweep();

    expect(seen).toEqual([{ instanceId: 'ins_1', kind: 'greet', subjectId: 'a', input: { upTo: 'x' }, attempts: 1 }]);
    expect(await left()).toBe(0);
  });

  it('tries again what fails, each time later, until it is done', async () => {
    const tries: [number, number][] = [];
    const began = clock.now().getTime();
    const { tasks, wake } = start(async ({ attempts }) => {
      tries.push([attempts, Math.floor((clock.now().getTime() - began) / 1_000)]);
      if (attempts < 4) throw new Error('not yet');
    });
    await order(tasks, 'a');

    await wake();
    for (let second = 0; second < 10; second++) {
      clock.advance(1_000);
      await wake();
    }

    expect(tries).toEqual([
      [1, 0],
      [2, 1],
      [3, 3],
      [4, 7],
    ]);
    expect(await left()).toBe(0);
  });

  it('finds by its sweep what no job came for, in several processes each task once', async () => {
    const seen: string[] = [];
    const handler = async ({ subjectId }: DueTask) => void seen.push(subjectId);
    const [one, two] = [start(handler), start(handler)];
    const silent = new DueTasks('test', db, { add: async () => undefined } as never, new Sweepers(), clock);
    const ids = Array.from({ length: 30 }, (_, n) => `s${n}`);
    for (const id of ids) await order(silent, id);

    await Promise.all([one.sweep(), two.sweep()]);

    expect(seen.sort()).toEqual(ids.sort());
    expect(await left()).toBe(0);
  });

  it('leaves a task to its process for as long as that lives, and goes on where a dead one stopped', async () => {
    const first = gate();
    const seen: (string | undefined)[] = [];
    const dying = start(async ({ progress }) => {
      await progress({ upTo: 'm' });
      await first.pass();
    });
    const other = start(async ({ input }) => void seen.push(input.upTo));
    await order(dying.tasks, 'a');
    const working = dying.wake();
    await first.arrived;

    clock.advance(LEASE_MS - 10_000);
    // Its first sweep is the one that keeps leases; what comes after it finds nothing that is due.
    await dying.sweep();
    clock.advance(LEASE_MS - 10_000);
    await other.sweep();
    expect(seen).toEqual([]);
    clock.advance(10_000);
    await other.sweep();

    expect(seen).toEqual(['m']);
    expect(await left()).toBe(0);
    first.leave();
    await working;
  });

  it('does anew what is asked for while it is done, and says so to whoever does it', async () => {
    const first = gate();
    const seen: unknown[] = [];
    const { tasks, wake } = start(async ({ input, progress }) => {
      if (input.upTo === 'old') await first.pass();
      seen.push([input.upTo, await progress({ upTo: `${input.upTo}er` })]);
    });
    await order(tasks, 'a', { upTo: 'old' });
    const working = wake();
    await first.arrived;

    await order(tasks, 'a', { upTo: 'new' });
    first.leave();
    await working;
    await wake();

    expect(seen).toEqual([
      ['old', false],
      ['new', true],
    ]);
    expect(await left()).toBe(0);
  });

  it('tells a process that has lost its task, and lets it change nothing of it', async () => {
    const [first, second] = [gate(), gate()];
    const seen: unknown[] = [];
    const lost = start(async ({ progress }) => {
      await first.pass();
      seen.push(await progress({ upTo: 'late' }));
      await second.pass();
    });
    const other = start(async ({ progress }) => {
      seen.push(await progress({ upTo: 'm' }));
      first.leave();
      await second.arrived;
      const { rows } = await pool.query<{ input: Input }>('SELECT input FROM due_tasks');
      seen.push(rows[0]?.input.upTo);
    });
    await order(lost.tasks, 'a');
    const working = lost.wake();
    await first.arrived;

    clock.advance(LEASE_MS + 1_000);
    await other.sweep();
    second.leave();
    await working;

    expect(seen).toEqual([true, false, 'm']);
  });

  it('leaves kinds alone that it does not know', async () => {
    const { tasks, wake, sweep } = start(async () => undefined, 'known');
    await order(tasks, 'a', {}, 'of a newer version');

    await wake();
    await sweep();

    expect(await left()).toBe(1);
  });
});
