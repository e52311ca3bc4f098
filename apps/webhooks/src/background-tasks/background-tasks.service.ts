import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { RequestContext } from '@latchkey/contracts';
import { Clock, newId } from '@latchkey/core';
import { JobQueue, Sweepers } from '@latchkey/jobs';
import { logOf } from '@latchkey/observability';
import { WebhooksDb } from '../db.js';
import { DeliveryWorker } from '../deliveries/deliveries.worker.js';
import type { BackgroundTask, Prisma } from '../generated/prisma/client.js';
import { svixNotFound } from '../svix-api/svix-errors.js';
import { readList, toPrisma, type Slice } from '../svix-api/svix-list.js';
import {
  countEventTypes,
  expungeAll,
  replay,
  replayMissing,
  usage,
  type ReplayFilter,
} from './background-tasks.queries.js';
import type { ListTasks } from './background-tasks.schemas.js';
import { toTaskJSON } from './background-tasks.serializer.js';

const JOB = 'webhooks.task';
const LEASE_MS = 5 * 60_000;
const SWEEP_MS = 30_000;
const MONTH_MS = 30 * 86_400_000;

/** What each task needs to know. */
export interface TaskInputs {
  'endpoint.recover': ReplayFilter;
  'endpoint.replay': ReplayFilter;
  'endpoint.bulk-replay': ReplayFilter;
  'application.purge_content': { applicationId: string };
  'application.stats': { applicationIds: string[]; since: string; until: string };
  'event-type.aggregate': object;
}
export type TaskName = keyof TaskInputs;

/** What a job is told: whose task, and the lease that it may take over. */
interface Turn {
  instanceId: string;
  lease: string;
}

/** A task that this process is doing. */
interface Held {
  instanceId: string;
  leaseUntil: Date;
}

/** Work that a call starts and does not wait for. The row is the order to do it; a job only says that there is one. */
@Injectable()
export class BackgroundTasksService implements OnModuleInit {
  private readonly log = logOf({ feature: 'webhooks.background-tasks' });
  private readonly held = new Map<string, Held>();

  constructor(
    private readonly db: WebhooksDb,
    private readonly deliveries: DeliveryWorker,
    private readonly jobs: JobQueue,
    private readonly sweepers: Sweepers,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.jobs.process<Turn>(JOB, { concurrency: 2 }, ({ id, payload }) => this.run(id, payload));
    this.sweepers.every('webhooks.background-tasks', SWEEP_MS, async () => {
      await this.keepLeases();
      await this.findLost();
    });
  }

  /** Starts a task. */
  async start<T extends TaskName>(ctx: RequestContext, task: T, input: TaskInputs[T]): Promise<BackgroundTask> {
    const now = this.clock.now();
    const { instanceId } = ctx;
    const row = await this.db.backgroundTask.create({
      data: {
        id: newId('backgroundTask', now),
        instanceId,
        task,
        status: 'running',
        input: input as Prisma.InputJsonValue,
        // The job that is added below is the first to take it; the sweeper comes when that was lost.
        leaseUntil: new Date(now.getTime() + SWEEP_MS),
      } as Prisma.BackgroundTaskCreateInput,
    });
    await this.addJob(row);
    return row;
  }

  /**
   * The task with this id.
   *
   * @throws `not_found` (404)
   */
  async require({ instanceId }: RequestContext, id: string): Promise<BackgroundTask> {
    const task = await this.db.backgroundTask.findUnique({ where: { id, instanceId } });
    if (!task) throw svixNotFound();
    return task;
  }

  /** A part of the instance's tasks. */
  async list({ instanceId }: RequestContext, query: ListTasks) {
    const where = { instanceId, status: query.status, task: query.task };
    const order = query.order === 'ascending' ? 'asc' : 'desc';
    const read = (slice: Slice) => this.db.backgroundTask.findMany({ where, ...toPrisma(slice, order) });
    return readList(query, read, (row) => row.id, toTaskJSON);
  }

  private async run(id: string, { instanceId, lease }: Turn): Promise<void> {
    const own = { id, instanceId, status: 'running' };
    const leaseUntil = new Date(this.clock.now().getTime() + LEASE_MS);
    // By the lease that the job was made for: of two jobs for one task, the second finds another.
    const claim = { where: { ...own, leaseUntil: new Date(lease) }, data: { leaseUntil } };
    const [row] = await this.db.backgroundTask.updateManyAndReturn(claim);
    if (!row) return;
    const held: Held = { instanceId, leaseUntil };
    this.held.set(id, held);
    const end = async (data: Prisma.BackgroundTaskUpdateManyMutationInput) => {
      this.held.delete(id);
      await this.db.backgroundTask.updateMany({ where: { ...own, leaseUntil: held.leaseUntil }, data });
    };
    try {
      const data = await this.perform(instanceId, row.task as TaskName, row.input);
      await end({ status: 'finished', data });
      this.deliveries.wake();
    } catch (err) {
      this.log.error({ err, task: row.task, id }, 'a background task failed');
      await end({ status: 'failed' });
    }
  }

  /** Keeps others from what this process is doing. */
  private async keepLeases(): Promise<void> {
    for (const [id, held] of this.held) {
      const leaseUntil = new Date(this.clock.now().getTime() + LEASE_MS);
      const where = { id, instanceId: held.instanceId, status: 'running', leaseUntil: held.leaseUntil };
      const { count } = await this.db.backgroundTask.updateMany({ where, data: { leaseUntil } });
      if (count > 0) held.leaseUntil = leaseUntil;
    }
  }

  private async perform(instanceId: string, task: TaskName, input: unknown): Promise<object> {
    const now = this.clock.now();
    switch (task) {
      case 'endpoint.recover':
      case 'endpoint.bulk-replay':
        return { messagesSent: await replay(this.db, input as ReplayFilter, now) };
      case 'endpoint.replay':
        return { messagesSent: await replayMissing(this.db, input as ReplayFilter, now) };
      case 'application.purge_content': {
        const { applicationId } = input as TaskInputs['application.purge_content'];
        return { messagesPurged: await expungeAll(this.db, instanceId, applicationId) };
      }
      case 'application.stats': {
        const { applicationIds, since, until } = input as TaskInputs['application.stats'];
        const stats = applicationIds.map(async (appId) => {
          const { messages, deliveries } = await usage(this.db, instanceId, appId, since, until);
          return { appId, messageCount: messages, messageDestinations: deliveries };
        });
        return { applications: await Promise.all(stats) };
      }
      case 'event-type.aggregate':
        return { eventTypes: await countEventTypes(this.db, instanceId, new Date(now.getTime() - MONTH_MS)) };
    }
  }

  /** Tasks whose job was lost, or whose process died. */
  private async findLost(): Promise<void> {
    const rows = await this.db.$queryRaw<Pick<BackgroundTask, 'id' | 'instanceId' | 'leaseUntil'>[]>`
      SELECT id, instance_id AS "instanceId", lease_until AS "leaseUntil" FROM background_tasks
      WHERE status = 'running' AND lease_until <= ${this.clock.now().toISOString()}::timestamptz LIMIT 100`;
    for (const row of rows) await this.addJob(row);
  }

  private addJob({ id, instanceId, leaseUntil }: Pick<BackgroundTask, 'id' | 'instanceId' | 'leaseUntil'>) {
    return this.jobs.add(JOB, id, { instanceId, lease: leaseUntil.toISOString() } satisfies Turn);
  }
}
