import { Inject, Injectable } from '@nestjs/common';
import type { InstanceInfo } from '@latchkey/clients';
import type { OperationId, RequestContext } from '@latchkey/contracts';
import { Clock } from '@latchkey/core';
import { RateLimits, type RateRule } from '@latchkey/state';
import { ClientTokens } from '../clients/client-tokens.js';
import { GATEWAY_CONFIG, type GatewayConfig } from '../config.js';

const WINDOW_MS = 10_000;
const HOUR_MS = 3_600_000;

const create = { name: 'fapi_create', limit: 5, windowMs: WINDOW_MS };
const attempt = { name: 'fapi_attempt', limit: 3, windowMs: WINDOW_MS };

/** Per address and operation (`compat/behaviours-auth.md` 19). */
const fapiRules: Partial<Record<OperationId, RateRule>> = {
  createSignIn: create,
  createSignUps: create,
  attemptSignInFactorOne: attempt,
  attemptSignInFactorTwo: attempt,
  attemptSignUpsVerification: attempt,
};

const bapiRules: Record<RequestContext['environment'], RateRule> = {
  production: { name: 'bapi', limit: 1_000, windowMs: WINDOW_MS },
  development: { name: 'bapi_development', limit: 100, windowMs: WINDOW_MS },
};

/** Per instance and operation, on top of the limit of all of BAPI. */
const bapiOperationRules: Partial<Record<OperationId, RateRule>> = {
  CreateInvitation: { name: 'bapi_invitation', limit: 100, windowMs: HOUR_MS },
  CreateBulkInvitations: { name: 'bapi_bulk_invitations', limit: 25, windowMs: HOUR_MS },
  CreateOrganizationInvitation: { name: 'bapi_organization_invitation', limit: 250, windowMs: HOUR_MS },
  CreateOrganizationInvitationBulk: { name: 'bapi_organization_invitations', limit: 50, windowMs: HOUR_MS },
};

/** With a testing token a suite of tests may be as fast as it likes, within reason. */
const TESTING_FACTOR = 200;

/** Counts requests and refuses those beyond the documented limits. */
@Injectable()
export class LimitsService {
  constructor(
    private readonly limits: RateLimits,
    private readonly tokens: ClientTokens,
    private readonly clock: Clock,
    @Inject(GATEWAY_CONFIG) private readonly config: GatewayConfig,
  ) {}

  /** @throws RateLimited when the address has spent its share */
  async countFapi(ctx: RequestContext, instance: InstanceInfo, id: OperationId, testingToken?: string): Promise<void> {
    const rule = fapiRules[id];
    if (!rule || this.config.GATEWAY_RATE_LIMITS === 'off') return;
    const isTest = testingToken !== undefined && (await this.isTestingToken(instance, testingToken));
    const applied = isTest ? { ...rule, name: `${rule.name}_testing`, limit: rule.limit * TESTING_FACTOR } : rule;
    await this.limits.consume(applied, `${ctx.instanceId}:${id}:${ctx.ipAddress}`);
  }

  /** @throws RateLimited when the instance has spent its share */
  async countBapi(ctx: RequestContext, id: OperationId): Promise<void> {
    // Servers fetch keys when they start: a limit there would sign everybody out at once.
    if (id === 'GetJWKS' || this.config.GATEWAY_RATE_LIMITS === 'off') return;
    await this.limits.consume(bapiRules[ctx.environment], ctx.instanceId);
    const rule = bapiOperationRules[id];
    if (rule) await this.limits.consume(rule, ctx.instanceId);
  }

  /** A token that BAPI `CreateTestingToken` made: signed by the instance, for `testing`, and not yet over. */
  private async isTestingToken(instance: InstanceInfo, token: string): Promise<boolean> {
    const claims = await this.tokens.verify(instance, token);
    return claims?.testing === true && typeof claims.exp === 'number' && claims.exp * 1000 > this.clock.now().getTime();
  }
}
