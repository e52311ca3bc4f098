/** How often something may happen. */
export interface RateRule {
  /** What is limited; part of the counter's key, so two rules of one name must agree. */
  name: string;
  /** How many times per window. */
  limit: number;
  /** Length of the window in milliseconds. It begins with the first use. */
  windowMs: number;
}

/** Counts uses per key and refuses those beyond a rule. */
export abstract class RateLimits {
  /**
   * Counts one use of `key` (an address, an identifier, a client) under `rule`.
   *
   * @throws RateLimited when the window's uses are spent
   */
  abstract consume(rule: RateRule, key: string): Promise<void>;
}

/** The limit of a rule is reached. */
export class RateLimited extends Error {
  override readonly name = 'RateLimited';

  /** @param retryAfterSeconds when the next use is allowed: whole seconds, at least 1, as `Retry-After` (RFC 9110, 10.2.3) wants it */
  constructor(
    readonly rule: RateRule,
    readonly retryAfterSeconds: number,
  ) {
    super(`the limit of ${rule.limit} per ${rule.windowMs} ms of ${rule.name} is reached`);
  }

  /** The error for a window that ends in `ms` milliseconds. */
  static after(rule: RateRule, ms: number): RateLimited {
    return new RateLimited(rule, Math.max(1, Math.ceil(ms / 1000)));
  }
}
