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

/** Work that a call starts and does not wait for. The row is the order to do it; a job only says that there is one. */
@Injectable()
export class BackgroundTasksService implements OnModuleInit {
  private readonly log = logOf({ feature: 'webhooks.background-tasks' });

  constructor(
    private readonly db: WebhooksDb,
    private readonly deliveries: DeliveryWorker,
    private readonly jobs: JobQueue,
    private readonly sweepers: Sweepers,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.jobs.process<{ instanceId: string }>(JOB, { concurrency: 2 }, ({ id, payload }) =>
      this.run(payload.instanceId, id),
    );
    this.sweepers.every('webhooks.background-tasks', SWEEP_MS, () => this.findLost());
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
    await this.jobs.add(JOB, row.id, { instanceId });
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

  private async run(instanceId: string, id: string): Promise<void> {
    const leaseUntil = new Date(this.clock.now().getTime() + LEASE_MS);
    const where = { id, instanceId, status: 'running' };
    const [row] = await this.db.backgroundTask.updateManyAndReturn({ where, data: { leaseUntil } });
    if (!row) return;
    try {
      const data = await this.perform(instanceId, row.task as TaskName, row.input);
      await this.db.backgroundTask.updateMany({
        where,
        data: { status: 'finished', data: data },
      });
      this.deliveries.wake();
    } catch (err) {
      this.log.error({ err, task: row.task, id }, 'a background task failed');
      await this.db.backgroundTask.updateMany({ where, data: { status: 'failed' } });
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
    const rows = await this.db.$queryRawUnsafe<{ id: string; instanceId: string }[]>(
      `SELECT id, instance_id AS "instanceId" FROM background_tasks
       WHERE status = 'running' AND lease_until <= $1::timestamptz LIMIT 100`,
      this.clock.now().toISOString(),
    );
    for (const { id, instanceId } of rows) await this.jobs.add(JOB, id, { instanceId });
  }
}
