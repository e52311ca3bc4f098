import { Injectable } from '@nestjs/common';
import { systemContext, type InstanceView } from '@latchkey/clients';
import type { RequestContext } from '@latchkey/contracts';
import type { EventCause } from '@latchkey/events';
import { DueTasks, type DueTask } from '@latchkey/jobs';
import type { Tx } from '../db.js';
import { DirectoryService } from '../directory/directory.service.js';

export type TaskKind = 'enroll_user' | 'enroll_domain' | 'enroll_instance' | 'remove_user';

/** What a task needs to know besides its subject. */
export interface TaskInput {
  ipAddress: string;
  userAgent: string;
  /** How far it has come: the last id that is done. */
  after?: string;
}

/** A task as its handler gets it. */
export interface Task extends DueTask<TaskInput> {
  /** For questions to other services, and as the cause of events. */
  ctx: RequestContext;
  instance: InstanceView;
}

/** Due tasks (`libs/jobs`) that need the instance as identity knows it; those of an instance that exists no more are dropped. */
@Injectable()
export class InstanceTasksService {
  constructor(
    private readonly tasks: DueTasks,
    private readonly directory: DirectoryService,
  ) {}

  /** Says who does the work of a kind; in `onModuleInit`. */
  handle(kind: TaskKind, handler: (task: Task) => Promise<void>): void {
    this.tasks.handle<TaskInput>(kind, async (task) => {
      const { ipAddress, userAgent } = task.input;
      const ctx = { ...systemContext(task.id, task.instanceId), ipAddress, userAgent };
      const instance = await this.directory.findInstance(ctx);
      if (instance) await handler({ ...task, ctx, instance });
    });
  }

  /** Asks for work on a subject, once `tx` has committed. What was asked for before and is not done becomes this. */
  async add(tx: Tx, cause: EventCause, kind: TaskKind, subjectId: string): Promise<void> {
    const input: TaskInput = { ipAddress: cause.ipAddress ?? '', userAgent: cause.userAgent ?? '' };
    await this.tasks.add(tx, { instanceId: cause.instanceId, kind, subjectId, input });
  }
}
