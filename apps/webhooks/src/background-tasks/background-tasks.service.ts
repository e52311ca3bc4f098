import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { RequestContext } from '@latchkey/contracts';
import { Clock, newId } from '@latchkey/core';
import { transaction } from '@latchkey/db';
import { DueTasks, type DueTask } from '@latchkey/jobs';
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

const KIND = 'background_task';
/** After that a task has failed. */
const MAX_ATTEMPTS = 5;
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

/** Work that a call starts and does not wait for. */
@Injectable()
export class BackgroundTasksService implements OnModuleInit {
  private readonly log = logOf({ feature: 'webhooks.background-tasks' });

  constructor(
    private readonly db: WebhooksDb,
    private readonly deliveries: DeliveryWorker,
    private readonly tasks: DueTasks,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.tasks.handle(KIND, (task) => this.run(task));
  }

  /** Starts a task. */
  async start<T extends TaskName>(ctx: RequestContext, task: T, input: TaskInputs[T]): Promise<BackgroundTask> {
    const id = newId('backgroundTask', this.clock.now());
    const { instanceId } = ctx;
    const data = { id, instanceId, task, status: 'running', input } as Prisma.BackgroundTaskCreateInput;
    return transaction(this.db, async (tx) => {
      const row = await tx.backgroundTask.create({ data });
      await this.tasks.add(tx, { instanceId, kind: KIND, subjectId: id });
      return row;
    });
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

  private async run({ instanceId, subjectId: id, attempts }: DueTask): Promise<void> {
    const running = { id, instanceId, status: 'running' };
    const row = await this.db.backgroundTask.findFirst({ where: running });
    if (!row) return;
    const end = (data: Prisma.BackgroundTaskUpdateManyMutationInput) =>
      this.db.backgroundTask.updateMany({ where: running, data });
    try {
      const data = await this.perform(instanceId, row.task as TaskName, row.input);
      await end({ status: 'finished', data });
      this.deliveries.wake();
    } catch (err) {
      if (attempts < MAX_ATTEMPTS) throw err;
      this.log.error({ err, task: row.task, id }, 'a background task failed for good');
      await end({ status: 'failed' });
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
}
