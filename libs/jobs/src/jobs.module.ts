import { type DynamicModule, Module, type OnModuleDestroy, type Provider } from '@nestjs/common';
import { Clock } from '@latchkey/core';
import { BullmqJobQueue } from './adapters/bullmq/bullmq-job-queue.js';
import { TimersJobQueue } from './adapters/timers/timers-job-queue.js';
import { JobQueue } from './job-queue.js';
import { Sweepers } from './sweeper.js';

/** Where jobs wait. */
export type JobsOptions =
  | { adapter: 'timers' }
  | {
      adapter: 'bullmq';
      /** For example `redis://127.0.0.1:6379/0`. */
      url: string;
    };

/**
 * Gives `JobQueue` and `Sweepers` to every module of an application. It needs a global provider of `Clock`. Jobs end in
 * `onModuleDestroy`, the first hook of the shutdown: what they work with must last until `onApplicationShutdown`.
 */
@Module({})
export class JobsModule implements OnModuleDestroy {
  constructor(private readonly jobs: JobQueue) {}

  static forRoot(options: JobsOptions): DynamicModule {
    return {
      module: JobsModule,
      global: true,
      providers: [queueProvider(options), Sweepers],
      exports: [JobQueue, Sweepers],
    };
  }

  async onModuleDestroy(): Promise<void> {
    await this.jobs.close();
  }
}

function queueProvider(options: JobsOptions): Provider {
  const make = async (clock: Clock): Promise<JobQueue> => {
    if (options.adapter === 'timers') return new TimersJobQueue(clock);
    const queue = new BullmqJobQueue(options.url, clock);
    await queue.waitUntilUp(1_000);
    return queue;
  };
  return { provide: JobQueue, useFactory: make, inject: [Clock] };
}
