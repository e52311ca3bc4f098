import { Inject, Injectable } from '@nestjs/common';
import { RateLimited, RateLimits, type RateRule } from '@latchkey/state';
import { LRUCache } from 'lru-cache';
import { GATEWAY_CONFIG, type GatewayConfig } from '../config.js';
import { guessRule } from './limits.rules.js';

/** Bounds how often an address may name hosts and keys that no instance has: each costs a question to identity. */
@Injectable()
export class GuessesService {
  private readonly rule: RateRule;
  private readonly isOff: boolean;
  private readonly spent = new LRUCache<string, RateLimited>({ max: 10_000 });

  constructor(
    private readonly limits: RateLimits,
    @Inject(GATEWAY_CONFIG) config: GatewayConfig,
  ) {
    this.rule = guessRule(config);
    this.isOff = config.GATEWAY_RATE_LIMITS === 'off';
  }

  /** @throws RateLimited when the address has guessed wrong too often; call it before identity is asked */
  require(address: string): void {
    const refused = this.spent.get(address);
    if (refused) throw refused;
  }

  /** Counts a wrong guess. It is answered as what it is; the next ones may not be asked about any more. */
  async count(address: string): Promise<void> {
    if (this.isOff) return;
    try {
      await this.limits.consume(this.rule, address);
    } catch (error) {
      if (!(error instanceof RateLimited)) throw error;
      this.spent.set(address, error, { ttl: error.retryAfterSeconds * 1000 });
    }
  }
}
