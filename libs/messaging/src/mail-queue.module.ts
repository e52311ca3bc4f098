import {
  type Abstract,
  type DynamicModule,
  Inject,
  Module,
  type OnModuleDestroy,
  type OnModuleInit,
} from '@nestjs/common';
import { Clock, type SecretBox } from '@latchkey/core';
import { MailQueue } from './mail-queue.js';
import { type MailDb, MailWorker } from './mail-worker.js';
import { MailSender, SmsSender } from './senders.js';

/** What calls the worker again and again: `Sweepers` of libs/jobs. */
export interface MailSweepers {
  every(name: string, everyMs: number, run: () => Promise<unknown>): unknown;
}

/** What a service's mail queue is made of. */
export interface MailQueueOptions {
  /** Names the sweep in logs: `<service>.mail`. */
  name: string;
  /** The token of the service's database, whose schema has the model `QueuedMessage`. */
  db: Abstract<MailDb>;
  /** `Sweepers` of libs/jobs, as a token. */
  sweepers: Abstract<MailSweepers>;
  /** Seals what is queued; the same for all replicas. */
  box: SecretBox;
}

const SWEEP = Symbol('MailSweep');
/** How late a mail can be whose `poke` was lost, in milliseconds. Also the grain of the retry schedule. */
const SWEEP_MS = 5_000;

/** Gives `MailQueue` and `MailWorker` of a service to all of its modules, and keeps the worker going. Wants `MessagingModule`. */
@Module({})
export class MailQueueModule implements OnModuleInit, OnModuleDestroy {
  constructor(
    @Inject(SWEEP) private readonly startSweep: () => void,
    private readonly worker: MailWorker,
  ) {}

  static forRoot({ name, db, sweepers, box }: MailQueueOptions): DynamicModule {
    const makeWorker = (database: MailDb, mail: MailSender, sms: SmsSender, clock: Clock) =>
      new MailWorker(database, { mail, sms }, clock, box);
    const makeSweep = (all: MailSweepers, worker: MailWorker) => () => all.every(name, SWEEP_MS, () => worker.sweep());
    return {
      module: MailQueueModule,
      global: true,
      providers: [
        { provide: MailWorker, useFactory: makeWorker, inject: [db, MailSender, SmsSender, Clock] },
        {
          provide: MailQueue,
          useFactory: (clock: Clock, worker: MailWorker) => new MailQueue(clock, box, worker),
          inject: [Clock, MailWorker],
        },
        { provide: SWEEP, useFactory: makeSweep, inject: [sweepers, MailWorker] },
      ],
      exports: [MailQueue, MailWorker],
    };
  }

  onModuleInit(): void {
    this.startSweep();
  }

  async onModuleDestroy(): Promise<void> {
    await this.worker.stop();
  }
}
