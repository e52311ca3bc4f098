/**
 * What the replicas of a service share and may lose at any moment: caches, snapshots, short-lived marks. Postgres stays
 * the truth. Keep facts whose absence is safe ("this session is live, with these claims"), never facts whose absence
 * opens a door ("this session is revoked"): an entry can vanish.
 */
export abstract class SharedState {
  /** The time that its entries age by, in milliseconds; what a process keeps of them ages with it. */
  now(): number {
    return performance.now();
  }

  /** The value of `key`, or null when there is none or nobody can tell. Never throws. */
  abstract get(key: string): Promise<string | null>;

  /** The values of `keys`, in their order; null as in `get`. Never throws. */
  abstract getMany(keys: readonly string[]): Promise<(string | null)[]>;

  /** Stores `value` for `ttlMs` milliseconds. Dropped with a warning when the store is away: the old value is then removed before it could be read again. Never throws. */
  abstract set(key: string, value: string, ttlMs: number): Promise<void>;

  /**
   * Stores `value` for `ttlMs` milliseconds if `key` has none. Of callers that race, one gets true.
   *
   * @throws StateUnavailable when nobody can tell: decide in Postgres instead
   */
  abstract setIfAbsent(key: string, value: string, ttlMs: number): Promise<boolean>;

  /**
   * Removes `key` and returns what it held, or null. Of callers that race, one gets the value.
   *
   * @throws StateUnavailable when nobody can tell: decide in Postgres instead
   */
  abstract take(key: string): Promise<string | null>;

  /** Removes `keys`. When the store is away, they are removed before they could be read again. Never throws. */
  abstract delete(...keys: string[]): Promise<void>;

  /**
   * Adds one to a counter that ends `ttlMs` milliseconds after its first increment.
   *
   * @returns the new count, or null when the store is away. Never throws.
   */
  abstract increment(key: string, ttlMs: number): Promise<number | null>;
}

/** The shared store did not answer in time, so what it holds is unknown. */
export class StateUnavailable extends Error {
  override readonly name = 'StateUnavailable';

  constructor(cause?: unknown) {
    super('the shared state is unavailable', { cause });
  }
}
