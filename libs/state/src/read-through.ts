import { LRUCache } from 'lru-cache';
import { type SharedState, StateUnavailable } from './shared-state.js';

/** How a `ReadThrough` keeps its entries. */
export interface ReadThroughOptions {
  /** Begins the keys of this cache in the shared state. */
  name: string;
  /** How long the replicas share an entry, in milliseconds: the bound on its age should an invalidation be lost. */
  ttlMs: number;
  /** How long this process keeps an entry by itself, in milliseconds: how late it learns of an invalidation elsewhere. 0 turns it off; default 1000. */
  localTtlMs?: number;
  /** How many entries this process keeps; default 10 000. */
  localMax?: number;
  /**
   * How long a value may still be given out while `load` fails, in milliseconds since it was loaded: for readers that
   * must go on while the owner is away. An invalidation removes it like the fresh one. Default 0: what `load` throws is thrown.
   */
  staleOnErrorMs?: number;
}

/**
 * Marks a key as just invalidated. While it stands, nobody stores: a load that began before the change might still
 * hold the old row, and would otherwise put it back after the invalidation.
 */
const FENCE = '!';
/** Longer than any load takes, with the request's own deadline in mind. */
const FENCE_MS = 5_000;
/** How long a value from before an outage is given out before its owner is asked again. */
const OUTAGE_MS = 2_000;

/** A value from before an outage: given out, but not kept as if it were fresh. */
class Last {
  constructor(readonly value: unknown) {}
}

/**
 * A cache of JSON values in front of their owner: this process's memory, then the shared state, then `load`. Callers
 * that ask for one key at once share one load. Values are shared too: treat them as read-only.
 */
export class ReadThrough<T extends object | string | number | boolean> {
  private readonly local: LRUCache<string, { value: T }> | null;
  private readonly flights = new Map<string, Promise<T | null>>();
  /** Counts the invalidations here, so that `getMany` does not keep what it read before one. */
  private invalidations = 0;

  constructor(
    private readonly state: SharedState,
    private readonly options: ReadThroughOptions,
  ) {
    const { localTtlMs = 1_000, localMax = 10_000 } = options;
    this.local =
      localTtlMs > 0 ? new LRUCache({ max: localMax, ttl: localTtlMs, ttlResolution: 0, perf: state }) : null;
  }

  /** The value of `key`; `load` is asked when no cache has it. What `load` throws is thrown; null from it is returned but not kept. */
  async get(key: string, load: () => Promise<T | null>): Promise<T | null> {
    const local = this.local?.get(key);
    if (local) return local.value;
    const running = this.flights.get(key);
    if (running) return running;
    // An invalidation takes the flight out of the map: later callers load anew, and this one's value is not kept.
    const isCurrent = () => this.flights.get(key) === flight;
    const flight: Promise<T | null> = this.fetch(key, load, isCurrent).finally(() => {
      if (isCurrent()) this.flights.delete(key);
    });
    this.flights.set(key, flight);
    return flight;
  }

  /**
   * The values of `keys`, in their order. Those that no cache has are asked for in one call of `loadMany`, which answers in
   * the order of its keys.
   */
  getMany(keys: readonly string[], loadMany: (missing: string[]) => Promise<(T | null)[]>): Promise<(T | null)[]> {
    return this.readMany(keys, loadMany, { ofText: (text) => JSON.parse(text) as T, ofValue: (value) => value });
  }

  /** As `getMany`, as JSON text: for readers that only pass it on, and would parse and write thousands of values. */
  getManyTexts(
    keys: readonly string[],
    loadMany: (missing: string[]) => Promise<(T | null)[]>,
  ): Promise<(string | null)[]> {
    return this.readMany(keys, loadMany, { ofText: (text) => text, ofValue: (value) => JSON.stringify(value) });
  }

  private async readMany<R>(
    keys: readonly string[],
    loadMany: (missing: string[]) => Promise<(T | null)[]>,
    as: { ofText: (text: string) => R; ofValue: (value: T) => R },
  ): Promise<(R | null)[]> {
    const values = keys.map((key): R | null => {
      const local = this.local?.get(key);
      return local ? as.ofValue(local.value) : null;
    });
    const asked = keys.flatMap((_, index) => (values[index] === null ? [index] : []));
    const before = this.invalidations;
    const keep = (key: string, value: T) => {
      if (this.invalidations === before) this.local?.set(key, { value });
    };
    const stored = asked.length ? await this.state.getMany(asked.map((index) => this.stateKey(keys[index]!))) : [];
    asked.forEach((index, position) => {
      const text = stored[position];
      if (text == null || text === FENCE) return;
      if (this.local) keep(keys[index]!, JSON.parse(text) as T);
      values[index] = as.ofText(text);
    });
    const missing = [...new Set(keys.filter((_, index) => values[index] === null))];
    if (missing.length === 0) return values;
    const loaded: (T | Last | null)[] = await loadMany(missing).catch((error: unknown) => this.lastOf(missing, error));
    const found = new Map(
      await Promise.all(
        missing.map(async (key, index): Promise<[string, R | null]> => {
          const value = loaded[index] ?? null;
          if (value instanceof Last) return [key, as.ofValue(value.value as T)];
          // A fence that came up meanwhile refuses the value, so an old one is not kept.
          if (value !== null && (await this.fill(key, value))) keep(key, value);
          return [key, value === null ? null : as.ofValue(value)];
        }),
      ),
    );
    return keys.map((key, index) => values[index] ?? found.get(key) ?? null);
  }

  /** Makes the next `get` of `keys` load again. Call it after the commit of the change. */
  async invalidate(...keys: string[]): Promise<void> {
    this.invalidations++;
    for (const key of keys) {
      this.local?.delete(key);
      this.flights.delete(key);
    }
    await Promise.all([
      ...keys.map((key) => this.state.set(this.stateKey(key), FENCE, FENCE_MS)),
      ...(this.options.staleOnErrorMs ? [this.state.delete(...keys.map((key) => this.staleKey(key)))] : []),
    ]);
  }

  private async fetch(key: string, load: () => Promise<T | null>, isCurrent: () => boolean): Promise<T | null> {
    const stored = await this.state.get(this.stateKey(key));
    if (stored !== null && stored !== FENCE) {
      const value = JSON.parse(stored) as T;
      if (isCurrent()) this.local?.set(key, { value });
      return value;
    }
    const value = await load().catch((error: unknown) => this.last(key, error));
    if (value instanceof Last) return value.value as T;
    if (value === null || stored === FENCE || !isCurrent()) return value;
    if ((await this.fill(key, value)) && isCurrent()) this.local?.set(key, { value });
    return value;
  }

  /** Whether the value may be kept in this process as well: not when a fence or another's value stands in its place. */
  private async fill(key: string, value: T): Promise<boolean> {
    try {
      const text = JSON.stringify(value);
      const { ttlMs, staleOnErrorMs } = this.options;
      // In this order: an invalidation that comes in between refuses the second, and so takes back the first.
      if (staleOnErrorMs) await this.state.set(this.staleKey(key), text, staleOnErrorMs);
      const isKept = await this.state.setIfAbsent(this.stateKey(key), text, ttlMs);
      // Refused by another replica's value or by one from before an outage, this one is as good: only a fence says otherwise.
      if (!isKept && staleOnErrorMs && !(await this.holdsValue(key))) await this.state.delete(this.staleKey(key));
      return isKept;
    } catch (error) {
      if (!(error instanceof StateUnavailable)) throw error;
      return true; // The short local life keeps a stampede from Postgres while the store is away.
    }
  }

  private async holdsValue(key: string): Promise<boolean> {
    const text = await this.state.get(this.stateKey(key));
    return text !== null && text !== FENCE;
  }

  /** The last value that was loaded, when `load` failed because its owner is away; a refusal by the owner stands. */
  private async last(key: string, error: unknown): Promise<Last> {
    const status = (error as { status?: number } | null)?.status;
    const text =
      this.options.staleOnErrorMs && (status === undefined || status >= 500)
        ? await this.state.get(this.staleKey(key))
        : null;
    if (!text) throw error;
    // For a moment everybody takes it without asking an owner that does not answer.
    await this.state.setIfAbsent(this.stateKey(key), text, OUTAGE_MS).catch(() => undefined);
    return new Last(JSON.parse(text));
  }

  /** As `last`, for several keys: all of them, or what `loadMany` threw. */
  private async lastOf(keys: string[], error: unknown): Promise<Last[]> {
    return Promise.all(keys.map((key) => this.last(key, error)));
  }

  private stateKey(key: string): string {
    return `${this.options.name}:${key}`;
  }

  private staleKey(key: string): string {
    return `${this.options.name}:last:${key}`;
  }
}
