import { LRUCache } from 'lru-cache';
import { type Clock } from '@latchkey/core';
import { RateLimited, RateLimits, type RateRule } from '../../rate-limits.js';

interface Window {
  used: number;
  endsAt: number;
}

/** Limits within one process. Not over rate-limiter-flexible's memory limiter, whose windows no clock of ours moves. */
export class MemoryRateLimits extends RateLimits {
  private readonly windows = new LRUCache<string, Window>({ max: 100_000 });

  constructor(private readonly clock: Clock) {
    super();
  }

  async consume(rule: RateRule, key: string): Promise<void> {
    const now = this.clock.now().getTime();
    const id = `${rule.name}:${key}`;
    let window = this.windows.get(id);
    if (!window || window.endsAt <= now) {
      window = { used: 0, endsAt: now + rule.windowMs };
      this.windows.set(id, window);
    }
    window.used += 1;
    if (window.used > rule.limit) throw RateLimited.after(rule, window.endsAt - now);
  }
}
