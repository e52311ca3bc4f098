import { LRUCache } from 'lru-cache';
import { type Clock } from '@latchkey/core';
import { SharedState } from '../../shared-state.js';

/** Shared state of one process. Entries age by the clock; beyond `max` the least recently used goes. */
export class MemorySharedState extends SharedState {
  private readonly entries: LRUCache<string, string>;

  constructor(
    private readonly clock: Clock,
    max = 100_000,
  ) {
    super();
    this.entries = new LRUCache({ max, ttl: 1, ttlResolution: 0, perf: this });
  }

  override now(): number {
    return this.clock.now().getTime();
  }

  async get(key: string): Promise<string | null> {
    return this.entries.get(key) ?? null;
  }

  async getMany(keys: readonly string[]): Promise<(string | null)[]> {
    return keys.map((key) => this.entries.get(key) ?? null);
  }

  async set(key: string, value: string, ttlMs: number): Promise<void> {
    this.entries.set(key, value, { ttl: Math.ceil(ttlMs) });
  }

  async setIfAbsent(key: string, value: string, ttlMs: number): Promise<boolean> {
    if (this.entries.has(key)) return false;
    this.entries.set(key, value, { ttl: Math.ceil(ttlMs) });
    return true;
  }

  async take(key: string): Promise<string | null> {
    const value = this.entries.get(key) ?? null;
    this.entries.delete(key);
    return value;
  }

  async delete(...keys: string[]): Promise<void> {
    for (const key of keys) this.entries.delete(key);
  }

  async increment(key: string, ttlMs: number): Promise<number> {
    const count = Number(this.entries.get(key) ?? 0) + 1;
    const ttl = count === 1 ? ttlMs : this.entries.getRemainingTTL(key);
    this.entries.set(key, String(count), { ttl: Math.ceil(ttl) });
    return count;
  }
}
