import { Injectable } from '@nestjs/common';
import type { TestingTokenJSON } from '@clerk/backend';
import type { RequestContext } from '@latchkey/contracts';
import { Clock } from '@latchkey/core';
import { SigningKeysService, tokenCategory } from '../instances/signing-keys.service.js';

const LIFETIME_S = 60 * 60;

/** Testing tokens: the browsers of a test suite are spared the limits that keep bots off. */
@Injectable()
export class TestingTokensService {
  constructor(
    private readonly signingKeys: SigningKeysService,
    private readonly clock: Clock,
  ) {}

  /**
   * A token for `__clerk_testing_token`. Nothing is stored: it is a JWT of the instance, `testing: true` with its `exp`,
   * which the gateway verifies with the instance's public keys (`limits.service.ts`).
   */
  async create(ctx: RequestContext): Promise<TestingTokenJSON> {
    const exp = Math.floor(this.clock.now().getTime() / 1000) + LIFETIME_S;
    const claims = { testing: true, iid: ctx.instanceId, exp };
    const token = await this.signingKeys.sign(ctx.instanceId, claims, { cat: tokenCategory.internal });
    // Seconds, unlike other times.
    return { object: 'testing_token', token, expires_at: exp };
  }
}
