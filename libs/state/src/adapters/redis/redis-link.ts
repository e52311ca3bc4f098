import { Redis } from 'ioredis';
import { log } from '@latchkey/observability';
import { StateUnavailable } from '../../shared-state.js';

/** What a metric may count: the circuit opened or closed, a write was dropped, everything was removed after too many dropped writes. */
export type StateEvent = 'opened' | 'closed' | 'write_dropped' | 'flushed';

/** Which Redis, and how patient one is with it. */
export interface RedisLinkOptions {
  url: string;
  /** Begins every key that is removed when too many writes were dropped. */
  prefix: string;
  /** How long a command may take, in milliseconds; default 200. */
  commandTimeoutMs?: number;
  /** How many keys with a dropped write are remembered one by one; default 10 000. */
  maxTainted?: number;
  /** Called at every event that a metric counts. */
  observe: (event: StateEvent) => void;
}

const RETRY_MS = 250;
const BATCH = 500;

/**
 * The connection to Redis and its circuit. The first command that fails opens it: from then on every command fails at
 * once, so that a lost Redis costs one timeout and not one per request. It closes when Redis answers again **and** every
 * key whose write was dropped meanwhile has been removed, so that no value from before comes back as truth.
 */
export class RedisLink {
  readonly client: Redis;
  /** Keys whose entry in Redis may be older than what was written or deleted here. */
  private readonly tainted = new Set<string>();
  private isFlushDue = false;
  private state: 'connecting' | 'open' | 'closed' = 'connecting';
  private isEnded = false;
  private isRecovering = false;
  private dropped = 0;
  private retry: NodeJS.Timeout | undefined;

  constructor(private readonly options: RedisLinkOptions) {
    this.client = new Redis(options.url, {
      commandTimeout: options.commandTimeoutMs ?? 200,
      connectTimeout: 2_000,
      // A command that waits for a reconnect, or is sent again after it, would outlive its caller.
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      autoResendUnfulfilledCommands: false,
      retryStrategy: (attempt) => Math.min(attempt * 100, 2_000),
    });
    this.client.on('ready', () => void this.recover());
    this.client.on('close', () => this.open(new Error('connection closed')));
    this.client.on('error', (error) => this.open(error));
  }

  /** Whether commands are tried at all. */
  get isUp(): boolean {
    return this.state === 'closed';
  }

  /**
   * Runs a command, if the circuit is closed.
   *
   * @throws StateUnavailable when it is open, or when the command fails, which opens it
   */
  async run<T>(command: (redis: Redis) => Promise<T>): Promise<T> {
    if (!this.isUp) throw new StateUnavailable();
    try {
      return await command(this.client);
    } catch (error) {
      this.open(error);
      throw new StateUnavailable(error);
    }
  }

  /** Notes that the entries of `keys` may be outdated. They are removed before anything is read again. */
  taint(keys: readonly string[]): void {
    this.dropped += keys.length;
    this.options.observe('write_dropped');
    if (this.isFlushDue) return;
    for (const key of keys) this.tainted.add(key);
    if (this.tainted.size > (this.options.maxTainted ?? 10_000)) {
      this.tainted.clear();
      this.isFlushDue = true;
    }
  }

  /** Waits until the circuit is closed, at most `ms` milliseconds, and tells whether it is. */
  async waitUntilUp(ms: number): Promise<boolean> {
    const end = Date.now() + ms;
    while (!this.isUp && !this.isEnded && Date.now() < end) await new Promise((done) => setTimeout(done, 10));
    return this.isUp;
  }

  /** Ends the connection. */
  close(): void {
    this.isEnded = true;
    this.state = 'open';
    clearTimeout(this.retry);
    this.client.disconnect();
  }

  private open(error: unknown): void {
    if (this.isEnded) return;
    if (this.state !== 'open') {
      this.state = 'open';
      this.dropped = 0;
      this.options.observe('opened');
      log.warn({ err: error }, 'Redis is away; the shared state goes on without it');
    }
    this.retryLater();
  }

  private retryLater(): void {
    if (this.retry || this.isRecovering) return;
    this.retry = setTimeout(() => {
      this.retry = undefined;
      void this.recover();
    }, RETRY_MS);
    this.retry.unref();
  }

  private async recover(): Promise<void> {
    if (this.isRecovering || this.isUp || this.isEnded) return;
    this.isRecovering = true;
    try {
      await this.client.ping();
      while (this.isFlushDue || this.tainted.size > 0) await (this.isFlushDue ? this.flush() : this.removeTainted());
      this.closed();
    } catch {
      // Still away. The circuit stays open, and what is tainted stays noted.
    } finally {
      this.isRecovering = false;
      if (!this.isUp && !this.isEnded) this.retryLater();
    }
  }

  private closed(): void {
    // It went away again while the last answer was under way: `close` has been emitted, nothing else will tell.
    if (this.isEnded || this.client.status !== 'ready') return;
    if (this.state === 'open') log.info({ dropped_writes: this.dropped }, 'Redis is back');
    this.state = 'closed';
    this.options.observe('closed');
  }

  private async removeTainted(): Promise<void> {
    const batch = [...this.tainted].slice(0, BATCH);
    // Taken out first: what is tainted while this runs must be removed once more.
    for (const key of batch) this.tainted.delete(key);
    try {
      await this.client.unlink(...batch);
    } catch (error) {
      for (const key of batch) this.tainted.add(key);
      throw error;
    }
  }

  private async flush(): Promise<void> {
    this.isFlushDue = false;
    try {
      let cursor = '0';
      do {
        const [next, keys] = await this.client.scan(cursor, 'MATCH', `${this.options.prefix}*`, 'COUNT', 1_000);
        if (keys.length > 0) await this.client.unlink(...keys);
        cursor = next;
      } while (cursor !== '0');
      this.options.observe('flushed');
    } catch (error) {
      this.isFlushDue = true;
      throw error;
    }
  }
}
