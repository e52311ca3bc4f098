import { RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import { RateLimited, RateLimits, type RateRule } from '../../rate-limits.js';
import { type MemoryRateLimits } from '../memory/memory-rate-limits.js';
import { type RedisLink } from './redis-link.js';

/** Limits that all replicas share. While Redis is away each replica counts by itself. Windows are whole seconds of Redis's own time. */
export class RedisRateLimits extends RateLimits {
  private readonly limiters = new Map<string, RateLimiterRedis>();

  constructor(
    private readonly link: RedisLink,
    private readonly insurance: MemoryRateLimits,
  ) {
    super();
  }

  async consume(rule: RateRule, key: string): Promise<void> {
    const limiter = this.limiter(rule);
    // A refusal is a rejection too, but no failure of Redis: it must not open the circuit.
    const count = () =>
      limiter.consume(key).catch((thrown: unknown) => {
        if (thrown instanceof RateLimiterRes) return thrown;
        throw thrown;
      });
    const result = await this.link.run(count).catch(() => null);
    if (!result) return this.insurance.consume(rule, key);
    if (result.consumedPoints > rule.limit) throw RateLimited.after(rule, result.msBeforeNext);
  }

  private limiter(rule: RateRule): RateLimiterRedis {
    const id = `${rule.name}:${rule.limit}:${rule.windowMs}`;
    let limiter = this.limiters.get(id);
    if (!limiter) {
      // Limits may come from settings: a bound keeps changed ones from piling up. The counters are in Redis.
      if (this.limiters.size >= 1_000) this.limiters.clear();
      const duration = Math.max(1, Math.ceil(rule.windowMs / 1000));
      limiter = new RateLimiterRedis({
        storeClient: this.link.client,
        keyPrefix: `latchkey:limit:${rule.name}`,
        points: rule.limit,
        duration,
      });
      this.limiters.set(id, limiter);
    }
    return limiter;
  }
}
