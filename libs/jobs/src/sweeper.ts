import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { log } from '@latchkey/observability';

/**
 * Runs a function every so often, never twice at once: looks through a table for what is due and was not woken for.
 * Made by `Sweepers.every`.
 */
export class Sweeper {
  private timer: NodeJS.Timeout | undefined;
  private current: Promise<void> | undefined;
  private next: Promise<void> | undefined;
  private isStopped = false;

  constructor(
    readonly name: string,
    private readonly everyMs: number,
    private readonly run: () => Promise<unknown>,
  ) {
    this.schedule();
  }

  /**
   * Runs the function and waits for it. When a run is under way, another follows it, which all who ask meanwhile share:
   * what was written before the call is seen. What the function throws is thrown. Does nothing after `stop`.
   */
  runNow(): Promise<void> {
    if (!this.current) return this.begin();
    this.next ??= this.current
      .catch(() => undefined)
      .then(() => {
        this.next = undefined;
        return this.runNow(); // Not `begin`: another caller may have been quicker.
      });
    return this.next;
  }

  /** Like `runNow`, for callers that do not wait; what the function throws is logged. */
  poke(): void {
    this.runNow().catch((error: unknown) => log.error({ err: error, sweeper: this.name }, 'the sweep failed'));
  }

  /** Runs it no more, and waits for the run under way. */
  async stop(): Promise<void> {
    this.isStopped = true;
    clearTimeout(this.timer);
    await this.current?.catch(() => undefined);
  }

  private begin(): Promise<void> {
    if (this.isStopped) return Promise.resolve();
    const current = Promise.resolve()
      .then(this.run)
      .then(() => undefined)
      .finally(() => (this.current = undefined));
    this.current = current;
    return current;
  }

  private schedule(): void {
    if (this.isStopped) return;
    // A fifth to either side: replicas that started together must not sweep together for ever.
    const delay = this.everyMs * (0.8 + Math.random() * 0.4);
    this.timer = setTimeout(() => {
      this.runNow()
        .catch((error: unknown) => log.error({ err: error, sweeper: this.name }, 'the sweep failed'))
        .finally(() => this.schedule());
    }, delay);
    this.timer.unref();
  }
}

/** The sweepers of an application. They stop when it shuts down. */
@Injectable()
export class Sweepers implements OnModuleDestroy {
  private readonly all: Sweeper[] = [];

  /**
   * Runs `run` every `everyMs` milliseconds from now on, a fifth more or less. A run that throws is logged.
   *
   * @param name tells sweeps apart in the logs, such as `identity.mail`
   */
  every(name: string, everyMs: number, run: () => Promise<unknown>): Sweeper {
    const sweeper = new Sweeper(name, everyMs, run);
    this.all.push(sweeper);
    return sweeper;
  }

  /** Runs each of them once, one after the other: for tests that have moved the clock. */
  async runAll(): Promise<void> {
    for (const sweeper of this.all) await sweeper.runNow();
  }

  async onModuleDestroy(): Promise<void> {
    await Promise.all(this.all.map((sweeper) => sweeper.stop()));
  }
}
