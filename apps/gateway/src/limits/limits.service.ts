import { Inject, Injectable } from '@nestjs/common';
import type { InstanceInfo } from '@latchkey/clients';
import type { RequestContext } from '@latchkey/contracts';
import { Clock } from '@latchkey/core';
import { RateLimits } from '@latchkey/state';
import { ClientTokens } from '../clients/client-tokens.js';
import { GATEWAY_CONFIG, type GatewayConfig } from '../config.js';
import type { Match } from '../operations/operations.router.js';
import { bapiObjectRules, bapiOperationRules, bapiRules, fapiRules, fapiUserRules } from './limits.rules.js';

/** With a testing token a suite of tests may be as fast as it likes, within reason. */
const TESTING_FACTOR = 200;

/** Counts requests and refuses those beyond the documented limits. */
@Injectable()
export class LimitsService {
  private readonly isOff: boolean;
  private readonly fapi: ReturnType<typeof fapiRules>;
  private readonly bapi: ReturnType<typeof bapiRules>;

  constructor(
    private readonly limits: RateLimits,
    private readonly tokens: ClientTokens,
    private readonly clock: Clock,
    @Inject(GATEWAY_CONFIG) config: GatewayConfig,
  ) {
    this.isOff = config.GATEWAY_RATE_LIMITS === 'off';
    this.fapi = fapiRules(config);
    this.bapi = bapiRules(config);
  }

  /** @throws RateLimited when the address, or the user, has spent its share */
  async countFapi(ctx: RequestContext, instance: InstanceInfo, { id }: Match, testingToken?: string): Promise<void> {
    if (this.isOff) return;
    const ofUser = fapiUserRules[id];
    if (ofUser && ctx.userId) await this.limits.consume(ofUser, `${ctx.instanceId}:${ctx.userId}`);
    const rule = this.fapi[id];
    if (!rule) return;
    const isTest = testingToken !== undefined && (await this.isTestingToken(instance, testingToken));
    const applied = isTest ? { ...rule, name: `${rule.name}_testing`, limit: rule.limit * TESTING_FACTOR } : rule;
    await this.limits.consume(applied, `${ctx.instanceId}:${ctx.ipAddress}`);
  }

  /** @throws RateLimited when the instance, or the object that is changed, has spent its share */
  async countBapi(ctx: RequestContext, { id, path }: Match): Promise<void> {
    // Servers fetch keys when they start: a limit there would sign everybody out at once.
    if (id === 'GetJWKS' || this.isOff) return;
    await this.limits.consume(this.bapi[ctx.environment], ctx.instanceId);
    const ofOperation = bapiOperationRules[id];
    if (ofOperation) await this.limits.consume(ofOperation, ctx.instanceId);
    const ofObject = bapiObjectRules[id];
    if (ofObject) await this.limits.consume(ofObject, `${ctx.instanceId}:${path.replace(/\/metadata$/, '')}`);
  }

  /** @throws RateLimited when the instance has spent its share: the API of webhook endpoints counts as BAPI */
  async countSvix(ctx: RequestContext): Promise<void> {
    if (!this.isOff) await this.limits.consume(this.bapi[ctx.environment], ctx.instanceId);
  }

  /** A token that BAPI `CreateTestingToken` made: signed by the instance, for `testing`, and not yet over. */
  private async isTestingToken(instance: InstanceInfo, token: string): Promise<boolean> {
    const claims = await this.tokens.verify(instance, token);
    return claims?.testing === true && typeof claims.exp === 'number' && claims.exp * 1000 > this.clock.now().getTime();
  }
}
