import { randomUUID } from 'node:crypto';
import { type Abstract, type DynamicModule, Module, type OnModuleInit, type Type } from '@nestjs/common';
import { Clock } from '@latchkey/core';
import { afterCommit } from '@latchkey/db';
import { logOf } from '@latchkey/observability';
import { JobQueue } from './job-queue.js';
import { Sweepers } from './sweeper.js';

/** How long a task is its process's own, in milliseconds. While the process lives it says so again and again. */
export const LEASE_MS = 60_000;
const RENEW_MS = LEASE_MS / 4;
const SWEEP_MS = 30_000;
/** Tasks that one process does at once of those that woke it, and as many again of those that it found. */
const AT_ONCE = 4;
const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 10 * 60_000;

/** The part of a service's database, or of a transaction in it, that holds `due_tasks`. */
export interface DueTasksDb {
  $queryRawUnsafe<T>(sql: string, ...values: unknown[]): Promise<T>;
  $executeRawUnsafe(sql: string, ...values: unknown[]): Promise<number>;
}

/** An order for work. Of one kind and subject there is at most one. */
export interface NewDueTask<Input extends object = object> {
  instanceId: string;
  /** What is to be done; the same word as in `handle`. */
  kind: string;
  /** To what, as a rule the id of a row. */
  subjectId: string;
  /** What the handler must know besides; JSON. */
  input?: Input;
}

/** A task as its handler gets it. */
export interface DueTask<Input extends object = object> extends Required<NewDueTask<Input>> {
  /** Another one each time that the work is asked for. */
  id: string;
  /** How often it was taken up, this time included; a process that died counts. */
  attempts: number;
  /**
   * Changes `input` for whoever takes the task up after this process: how far it has come.
   *
   * @returns false when the work was asked for anew, or is another process's by now: leave it then
   */
  progress(input: Input): Promise<boolean>;
}

/**
 * Does the work. When it throws it is called again, after a second and then after twice as long each time, up to ten minutes, for
 * ever: a handler that wants to give up looks at `attempts`, and returns. It may also be called again after its process has died, or
 * when the work is asked for anew (for a moment beside itself): what is done must not be done twice.
 */
export type DueTaskHandler<Input extends object = object> = (task: DueTask<Input>) => Promise<void>;

interface Row extends Required<NewDueTask> {
  id: string;
  attempts: number;
}
type Key = Pick<NewDueTask, 'kind' | 'subjectId'>;

const COLUMNS = `id, instance_id AS "instanceId", kind, subject_id AS "subjectId", input, attempts`;

/**
 * Work that must not be done inside the transaction that finds it necessary, for it asks other services, takes long, or takes many
 * transactions of its own. The row in `due_tasks` of the service, written by that transaction, is the order, and is there until the
 * work is done: a job is only its wake-up call, a sweep finds what was lost, and a lease keeps processes from each other.
 */
export class DueTasks implements OnModuleInit {
  private readonly log;
  private readonly job: string;
  private readonly handlers = new Map<string, DueTaskHandler>();
  private readonly held = new Set<Row>();

  /** @param service names jobs, sweeps and logs; its database `db` has the table `due_tasks` (`libs/jobs/README.md`) */
  constructor(
    service: string,
    private readonly db: DueTasksDb,
    private readonly jobs: JobQueue,
    private readonly sweepers: Sweepers,
    private readonly clock: Clock,
  ) {
    this.job = `${service}.due-tasks`;
    this.log = logOf({ feature: this.job });
  }

  onModuleInit(): void {
    this.jobs.process<Key>(this.job, { concurrency: AT_ONCE }, ({ payload }) => this.run(payload));
    this.sweepers.every(`${this.job}.leases`, RENEW_MS, () => this.renew());
    this.sweepers.every(this.job, SWEEP_MS, () => this.sweep());
  }

  /**
   * Says who does the work of a kind; in `onModuleInit`. A process leaves kinds without a handler to others: to those of a newer
   * version, as a rule.
   */
  handle<Input extends object>(kind: string, handler: DueTaskHandler<Input>): void {
    if (this.handlers.has(kind)) throw new Error(`there is already a handler of ${kind}`);
    this.handlers.set(kind, handler as DueTaskHandler);
  }

  /**
   * Asks for work, once `tx` has committed. What was asked for before of this kind and subject, and is not done, becomes this: it
   * begins anew with the new input.
   */
  async add(tx: DueTasksDb, { instanceId, kind, subjectId, input = {} }: NewDueTask): Promise<void> {
    await tx.$executeRawUnsafe(
      `INSERT INTO due_tasks (id, instance_id, kind, subject_id, input, next_attempt_at, created_at, updated_at)
       VALUES ($1, $2, $3, $4, $5::jsonb, $6::timestamptz, $6::timestamptz, $6::timestamptz)
       ON CONFLICT (kind, subject_id) DO UPDATE SET id = excluded.id, input = excluded.input, attempts = 0,
         next_attempt_at = excluded.next_attempt_at, updated_at = excluded.updated_at
       WHERE due_tasks.instance_id = excluded.instance_id`,
      randomUUID(),
      instanceId,
      kind,
      subjectId,
      JSON.stringify(input),
      this.inMs(0),
    );
    afterCommit(tx, () => this.wake({ kind, subjectId }));
  }

  private wake({ kind, subjectId }: Key, runAt?: Date): Promise<void> {
    return this.jobs.add(this.job, `${kind}-${subjectId}`, { kind, subjectId } satisfies Key, { runAt });
  }

  private async run({ kind, subjectId }: Key): Promise<void> {
    const row = await this.take(`SELECT id FROM due_tasks WHERE kind = $4 AND subject_id = $5`, kind, subjectId);
    if (row) await this.perform(row);
  }

  /** Those whose job was lost, or whose process died, the oldest first. */
  private async sweep(): Promise<void> {
    const drain = async () => {
      for (let row; (row = await this.take('SELECT id FROM due_tasks WHERE true'));) await this.perform(row);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, drain));
  }

  /** Of processes that find a task, one gets it; each passes over what another is just taking. */
  private async take(which: string, ...values: string[]): Promise<Row | undefined> {
    const [row] = await this.db.$queryRawUnsafe<Row[]>(
      `UPDATE due_tasks SET attempts = attempts + 1, next_attempt_at = $2::timestamptz, updated_at = $1::timestamptz
       WHERE id = (${which} AND next_attempt_at <= $1::timestamptz AND kind = ANY($3::text[])
         ORDER BY next_attempt_at LIMIT 1 FOR UPDATE SKIP LOCKED)
       RETURNING ${COLUMNS}`,
      this.inMs(0),
      this.inMs(LEASE_MS),
      [...this.handlers.keys()],
      ...values,
    );
    return row;
  }

  private async perform(row: Row): Promise<void> {
    const { id, kind, subjectId, attempts } = row;
    this.held.add(row);
    try {
      await this.handlers.get(kind)!({ ...row, progress: (input) => this.hold(row, input) });
      // By its id: what was asked for meanwhile has another.
      await this.db.$executeRawUnsafe('DELETE FROM due_tasks WHERE id = $1', id);
    } catch (err) {
      this.log.error({ err, kind, subject_id: subjectId, attempts }, 'a task failed');
      const nextAt = this.inMs(Math.min(FIRST_RETRY_MS * 2 ** (attempts - 1), LONGEST_RETRY_MS));
      const sql = 'UPDATE due_tasks SET next_attempt_at = $3::timestamptz WHERE id = $1 AND attempts = $2';
      if ((await this.db.$executeRawUnsafe(sql, id, attempts, nextAt)) === 1) await this.wake(row, new Date(nextAt));
    } finally {
      this.held.delete(row);
    }
  }

  /** Keeps others from what this process is doing. */
  private async renew(): Promise<void> {
    for (const row of this.held) await this.hold(row, row.input);
  }

  /** By its attempts: after another process has taken the task up it is that one's. */
  private async hold(row: Row, input: object): Promise<boolean> {
    row.input = input;
    const count = await this.db.$executeRawUnsafe(
      `UPDATE due_tasks SET next_attempt_at = $3::timestamptz, input = $4::jsonb WHERE id = $1 AND attempts = $2`,
      row.id,
      row.attempts,
      this.inMs(LEASE_MS),
      JSON.stringify(input),
    );
    return count === 1;
  }

  private inMs(ms: number): string {
    return new Date(this.clock.now().getTime() + ms).toISOString();
  }
}

/** What a service's due tasks need to know. */
export interface DueTasksOptions {
  service: string;
  /** The Nest token of the service's database. */
  db: Abstract<DueTasksDb> | Type<DueTasksDb>;
}

/** Gives `DueTasks` of a service to all of its modules. Wants `JobsModule`. */
@Module({})
export class DueTasksModule {
  static forRoot({ service, db }: DueTasksOptions): DynamicModule {
    const make = (database: DueTasksDb, jobs: JobQueue, sweepers: Sweepers, clock: Clock) =>
      new DueTasks(service, database, jobs, sweepers, clock);
    return {
      module: DueTasksModule,
      global: true,
      providers: [{ provide: DueTasks, useFactory: make, inject: [db, JobQueue, Sweepers, Clock] }],
      exports: [DueTasks],
    };
  }
}
