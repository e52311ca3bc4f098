import { randomUUID } from 'node:crypto';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { systemContext, type InstanceView } from '@latchkey/clients';
import type { RequestContext } from '@latchkey/contracts';
import { Clock } from '@latchkey/core';
import { afterCommit } from '@latchkey/db';
import type { EventCause } from '@latchkey/events';
import { JobQueue, Sweepers } from '@latchkey/jobs';
import { logOf } from '@latchkey/observability';
import { OrganizationsDb, type Tx } from '../db.js';
import { DirectoryService } from '../directory/directory.service.js';
import type { DueTask } from '../generated/prisma/client.js';

const JOB = 'organizations.due-task';
const SWEEP_MS = 30_000;
const SWEPT_AT_ONCE = 100;
/** How long one process has a task to itself; a task that takes longer says so (`DueTasksService.keep`). */
const LEASE_MS = 60_000;
const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 10 * 60_000;

export type TaskKind = 'enroll_user' | 'enroll_domain' | 'enroll_instance' | 'remove_user';

/** What a task needs to know besides its subject. */
export interface TaskInput {
  ipAddress: string;
  userAgent: string;
  /** How far it has come: the last id that is done. */
  after?: string;
}

/** A task as its handler gets it. */
export interface Task {
  /** For questions to other services, and as the cause of events. */
  ctx: RequestContext;
  instance: InstanceView;
  /** Changes when the task is asked for anew. */
  id: string;
  subjectId: string;
  input: TaskInput;
}

/** Does the work. It may be called again after a failure, or when the work is asked for anew: what is done must not be done twice. */
export type TaskHandler = (task: Task) => Promise<void>;

/**
 * Work that must not be done inside the transaction that finds it necessary, because it asks other services or takes many
 * transactions of its own. The row, written in that transaction, is the order; what fails is tried again until it is done.
 */
@Injectable()
export class DueTasksService implements OnModuleInit {
  private readonly log = logOf({ feature: 'organizations.due-tasks' });
  private readonly handlers = new Map<string, TaskHandler>();

  constructor(
    private readonly db: OrganizationsDb,
    private readonly directory: DirectoryService,
    private readonly jobs: JobQueue,
    private readonly sweepers: Sweepers,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.jobs.process<{ kind: string; subjectId: string }>(JOB, { concurrency: 4 }, ({ payload }) => this.run(payload));
    this.sweepers.every('organizations.due-tasks', SWEEP_MS, () => this.sweep());
  }

  /** Says who does the work of a kind; in `onModuleInit`. */
  handle(kind: TaskKind, handler: TaskHandler): void {
    this.handlers.set(kind, handler);
  }

  /** Asks for work on a subject, once `tx` has committed. What was asked for before and is not done becomes this. */
  async add(tx: Tx, cause: EventCause, kind: TaskKind, subjectId: string): Promise<void> {
    const now = this.clock.now();
    const input = { ipAddress: cause.ipAddress ?? '', userAgent: cause.userAgent ?? '' };
    await tx.$executeRaw`
      INSERT INTO due_tasks (id, instance_id, kind, subject_id, input, next_attempt_at, created_at, updated_at)
      VALUES (${randomUUID()}, ${cause.instanceId}, ${kind}, ${subjectId}, ${JSON.stringify(input)}::jsonb, ${now}, ${now}, ${now})
      ON CONFLICT (kind, subject_id) DO UPDATE SET id = excluded.id, input = excluded.input, attempts = 0,
        next_attempt_at = excluded.next_attempt_at, updated_at = excluded.updated_at
      WHERE due_tasks.instance_id = excluded.instance_id`;
    afterCommit(tx, () => this.jobs.add(JOB, `${kind}-${subjectId}`, { kind, subjectId }));
  }

  /** Keeps a task that is under way for another while, and how far it has come; false when it was asked for anew. */
  async keep({ id, instance, input }: Task, after: string): Promise<boolean> {
    const { count } = await this.db.dueTask.updateMany({
      where: { id, instanceId: instance.id },
      data: { nextAttemptAt: this.later(LEASE_MS), input: { ...input, after } },
    });
    return count === 1;
  }

  private async sweep(): Promise<void> {
    const due = await this.db.$queryRaw<{ kind: string; subjectId: string }[]>`
      SELECT kind, subject_id AS "subjectId" FROM due_tasks WHERE next_attempt_at <= ${this.clock.now()}
      ORDER BY next_attempt_at LIMIT ${SWEPT_AT_ONCE}`;
    for (const one of due) await this.run(one);
  }

  private async run({ kind, subjectId }: { kind: string; subjectId: string }): Promise<void> {
    const row = await this.take(kind, subjectId);
    if (!row) return;
    const { id, instanceId } = row;
    const input = row.input as unknown as TaskInput;
    const { ipAddress, userAgent } = input;
    const ctx = { ...systemContext(id, instanceId), ipAddress, userAgent };
    try {
      const instance = await this.directory.findInstance(ctx);
      if (instance) await this.handlers.get(kind)!({ id, ctx, instance, subjectId, input });
      await this.db.dueTask.deleteMany({ where: { id, instanceId } });
    } catch (err) {
      this.log.error({ err, kind, subject_id: subjectId, attempts: row.attempts }, 'a task failed');
      const nextAttemptAt = this.later(Math.min(FIRST_RETRY_MS * 2 ** (row.attempts - 1), LONGEST_RETRY_MS));
      await this.db.dueTask.updateMany({ where: { id, instanceId }, data: { nextAttemptAt } });
      await this.jobs.add(JOB, `${kind}-${subjectId}`, { kind, subjectId }, { runAt: nextAttemptAt });
    }
  }

  /** Of replicas that find a task, one gets it. */
  private async take(kind: string, subjectId: string): Promise<DueTask | undefined> {
    const now = this.clock.now();
    const [row] = await this.db.$queryRaw<DueTask[]>`
      UPDATE due_tasks SET attempts = attempts + 1, next_attempt_at = ${this.later(LEASE_MS)}, updated_at = ${now}
      WHERE kind = ${kind} AND subject_id = ${subjectId} AND next_attempt_at <= ${now}
      RETURNING id, instance_id AS "instanceId", input, attempts`;
    return row;
  }

  private later(ms: number): Date {
    return new Date(this.clock.now().getTime() + ms);
  }
}
