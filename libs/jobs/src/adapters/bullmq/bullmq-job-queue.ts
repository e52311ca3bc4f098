import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { type Clock } from '@latchkey/core';
import { log } from '@latchkey/observability';
import { CLOSE_MS, FIRST_RETRY_MS, type Job, JobQueue, type JobHandler, MAX_ATTEMPTS } from '../../job-queue.js';

/** Begins the keys of the queues in Redis. */
const PREFIX = 'latchkey:jobs';

/** Delayed work over BullMQ: all replicas add to and work on the same queues, one per job name. */
export class BullmqJobQueue extends JobQueue {
  private readonly queues = new Map<string, Queue<Job<unknown>>>();
  private readonly workers = new Map<string, Worker<Job<unknown>>>();
  private readonly producer: Redis;
  private readonly consumer: Redis;
  private isAway = false;

  /** @param url for example `redis://127.0.0.1:6379/0` */
  constructor(
    url: string,
    private readonly clock: Clock,
  ) {
    super();
    // Whoever adds a job has a caller waiting: fail at once when Redis is away. A worker has all the time there is.
    this.producer = new Redis(url, {
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      autoResendUnfulfilledCommands: false,
      commandTimeout: 500,
    });
    this.consumer = new Redis(url, { maxRetriesPerRequest: null });
    this.producer.on('error', (error) => this.away(error));
    this.producer.on('ready', () => (this.isAway = false));
    this.consumer.on('error', () => undefined); // The producer's connection has told already.
  }

  async add(name: string, id: string, payload?: unknown, options: { runAt?: Date } = {}): Promise<void> {
    const delay = options.runAt ? Math.max(0, options.runAt.getTime() - this.clock.now().getTime()) : 0;
    try {
      await this.queue(name).add(
        name,
        { id, payload },
        { delay, deduplication: { id, replace: true, keepLastIfActive: true } },
      );
      this.isAway = false;
    } catch (error) {
      // A queue that was made while Redis was away never recovers: the next call makes another.
      void this.queues
        .get(name)
        ?.close()
        .catch(() => undefined);
      this.queues.delete(name);
      this.away(error);
    }
  }

  process<Payload>(name: string, options: { concurrency?: number }, handler: JobHandler<Payload>): void {
    if (this.workers.has(name)) throw new Error(`jobs named ${name} have a handler already`);
    const work = ({ data }: { data: Job<unknown> }) => handler(data as Job<Payload>);
    const worker = new Worker<Job<unknown>>(name, work, {
      connection: this.consumer,
      prefix: PREFIX,
      concurrency: options.concurrency ?? 10,
    });
    worker.on('failed', (job, error) =>
      log.error({ err: error, job: name, id: job?.data.id, attempts: job?.attemptsMade }, 'the job failed'),
    );
    worker.on('error', (error) => this.away(error));
    this.workers.set(name, worker);
  }

  /** Waits for the connection, at most `ms` milliseconds. */
  async waitUntilUp(ms: number): Promise<void> {
    const end = Date.now() + ms;
    while (this.producer.status !== 'ready' && Date.now() < end) await new Promise((done) => setTimeout(done, 10));
  }

  async close(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<void>((done) => (timer = setTimeout(done, CLOSE_MS)));
    // Without Redis a worker could not say goodbye and would wait for ever.
    const isForced = this.producer.status !== 'ready';
    const closing = [...this.workers.values()].map((worker) => worker.close(isForced));
    await Promise.race([Promise.allSettled(closing), patience]);
    clearTimeout(timer);
    await Promise.allSettled([...this.queues.values()].map((queue) => queue.close()));
    this.producer.disconnect();
    this.consumer.disconnect();
  }

  private queue(name: string): Queue<Job<unknown>> {
    let queue = this.queues.get(name);
    if (!queue) {
      queue = new Queue<Job<unknown>>(name, {
        connection: this.producer,
        prefix: PREFIX,
        skipWaitingForReady: true,
        defaultJobOptions: {
          attempts: MAX_ATTEMPTS,
          backoff: { type: 'exponential', delay: FIRST_RETRY_MS },
          // The caller's table remembers what was done and what failed.
          removeOnComplete: true,
          removeOnFail: true,
        },
      });
      queue.on('error', (error) => this.away(error));
      this.queues.set(name, queue);
    }
    return queue;
  }

  private away(error: unknown): void {
    if (this.isAway) return;
    this.isAway = true;
    log.warn({ err: error }, 'Redis is away; jobs are left to the sweepers');
  }
}
