/** A wake-up call as its handler gets it. */
export interface Job<Payload> {
  /** What was given to `add`: the id of the row that is due, as a rule. */
  id: string;
  payload: Payload;
}

/** Does the work of a job. It looks into the table first: the job may come late, twice, or for a row that is done. */
export type JobHandler<Payload> = (job: Job<Payload>) => Promise<void>;

/** How often a job whose handler throws is tried in all. After that the caller's sweeper finds the row. */
export const MAX_ATTEMPTS = 3;
/** The wait before the second try, in milliseconds; each later one takes twice as long. */
export const FIRST_RETRY_MS = 1_000;

/**
 * Delayed work. The caller's table is the truth about what is due when; a job only wakes whoever does it, early enough
 * that nobody waits for the sweeper. So a job may be lost (with Redis, or the process), and its loss costs time only.
 */
export abstract class JobQueue {
  /**
   * Asks for the handler of `name` to be called. Of one name and id at most one job waits and one runs: adding it again
   * replaces the one that waits for its time, and while it runs, asks for another run afterwards. Never throws: a job
   * that cannot be stored is logged and left to the sweeper. Call it after the commit of what it is about.
   *
   * @param name `<service>.<what>`, such as `webhooks.deliver`; without a colon
   * @param options.runAt when; at once if left out or past
   */
  abstract add(name: string, id: string, payload?: unknown, options?: { runAt?: Date }): Promise<void>;

  /**
   * Registers the one handler of `name`, in `onModuleInit` as a rule. A handler that throws is called again, up to
   * `MAX_ATTEMPTS` times in all, with growing waits; each failure is logged.
   *
   * @param options.concurrency how many jobs of this name run at once in this process; default 10
   */
  abstract process<Payload>(name: string, options: { concurrency?: number }, handler: JobHandler<Payload>): void;

  /** Takes no more jobs and waits for those that run, at most ten seconds. */
  abstract close(): Promise<void>;
}

/** How long `close` waits, in milliseconds. */
export const CLOSE_MS = 10_000;
