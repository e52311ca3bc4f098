import { type Clock } from '@latchkey/core';
import { log } from '@latchkey/observability';
import { CLOSE_MS, FIRST_RETRY_MS, JobQueue, type JobHandler, MAX_ATTEMPTS } from '../../job-queue.js';

interface Entry {
  id: string;
  payload: unknown;
  runAt: number;
  /** How often it has been tried. */
  attempts: number;
  timer?: NodeJS.Timeout;
}

/** The jobs of one name. An entry is in `waiting` until it runs, and in `ready` once it is due. */
interface Lane {
  name: string;
  waiting: Map<string, Entry>;
  ready: Set<Entry>;
  running: Set<string>;
  concurrency: number;
  handler: JobHandler<unknown> | null;
}

/** The longest delay that `setTimeout` takes; beyond it, it fires at once. */
const LONGEST_DELAY_MS = 2 ** 31 - 1;

/** Delayed work within one process. What waits here is gone when the process ends; the sweepers find it again. */
export class TimersJobQueue extends JobQueue {
  private readonly lanes = new Map<string, Lane>();
  private readonly active = new Set<Promise<void>>();
  private isClosed = false;

  constructor(private readonly clock: Clock) {
    super();
  }

  async add(name: string, id: string, payload?: unknown, options: { runAt?: Date } = {}): Promise<void> {
    if (this.isClosed) return;
    const runAt = options.runAt?.getTime() ?? this.clock.now().getTime();
    this.wait(this.lane(name), { id, payload, runAt, attempts: 0 });
  }

  process<Payload>(name: string, options: { concurrency?: number }, handler: JobHandler<Payload>): void {
    const lane = this.lane(name);
    if (lane.handler) throw new Error(`jobs named ${name} have a handler already`);
    lane.concurrency = options.concurrency ?? 10;
    lane.handler = handler as JobHandler<unknown>;
    this.pump(lane);
  }

  /**
   * Runs what is due by the clock, and what becomes due meanwhile, and waits until it is done: for tests that have moved
   * the clock. Jobs without a handler stay.
   */
  async runDue(): Promise<void> {
    for (;;) {
      for (const lane of this.lanes.values()) {
        for (const entry of lane.waiting.values()) if (this.isDue(entry)) this.makeReady(lane, entry);
      }
      if (this.active.size === 0) return;
      await Promise.all(this.active);
    }
  }

  async close(): Promise<void> {
    this.isClosed = true;
    for (const lane of this.lanes.values()) {
      for (const entry of lane.waiting.values()) clearTimeout(entry.timer);
      lane.waiting.clear();
      lane.ready.clear();
    }
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<void>((done) => (timer = setTimeout(done, CLOSE_MS)));
    await Promise.race([Promise.all(this.active), patience]);
    clearTimeout(timer);
  }

  private lane(name: string): Lane {
    let lane = this.lanes.get(name);
    if (!lane) {
      lane = { name, waiting: new Map(), ready: new Set(), running: new Set(), concurrency: 1, handler: null };
      this.lanes.set(name, lane);
    }
    return lane;
  }

  private wait(lane: Lane, entry: Entry): void {
    const earlier = lane.waiting.get(entry.id);
    if (earlier) {
      clearTimeout(earlier.timer);
      lane.ready.delete(earlier);
    }
    lane.waiting.set(entry.id, entry);
    this.arm(lane, entry);
  }

  private arm(lane: Lane, entry: Entry): void {
    if (this.isDue(entry)) return this.makeReady(lane, entry);
    const delay = Math.min(entry.runAt - this.clock.now().getTime(), LONGEST_DELAY_MS);
    // Armed anew when it fires early: the delay was cut, or the clock is behind the timer.
    entry.timer = setTimeout(() => this.arm(lane, entry), Math.max(1, delay));
    entry.timer.unref();
  }

  private isDue(entry: Entry): boolean {
    return entry.runAt <= this.clock.now().getTime();
  }

  private makeReady(lane: Lane, entry: Entry): void {
    clearTimeout(entry.timer);
    lane.ready.add(entry);
    this.pump(lane);
  }

  private pump(lane: Lane): void {
    if (!lane.handler) return;
    for (const entry of lane.ready) {
      if (lane.running.size >= lane.concurrency) return;
      if (lane.running.has(entry.id)) continue; // Its turn comes when the run under way ends.
      lane.ready.delete(entry);
      lane.waiting.delete(entry.id);
      lane.running.add(entry.id);
      const run = this.run(lane, lane.handler, entry).finally(() => {
        this.active.delete(run);
        lane.running.delete(entry.id);
        this.pump(lane);
      });
      this.active.add(run);
    }
  }

  private async run(lane: Lane, handler: JobHandler<unknown>, entry: Entry): Promise<void> {
    try {
      await handler({ id: entry.id, payload: entry.payload });
    } catch (error) {
      const attempts = entry.attempts + 1;
      log.error({ err: error, job: lane.name, id: entry.id, attempts }, 'the job failed');
      // One that was added meanwhile takes its place.
      if (attempts >= MAX_ATTEMPTS || this.isClosed || lane.waiting.has(entry.id)) return;
      const runAt = this.clock.now().getTime() + FIRST_RETRY_MS * 2 ** (attempts - 1);
      this.wait(lane, { ...entry, runAt, attempts });
    }
  }
}
