import { Injectable } from '@nestjs/common';
import type { RequestContext } from '@latchkey/contracts';
import { Clock } from '@latchkey/core';
import { AccessRulesService } from '../access-rules/access-rules.service.js';
import { IdentifierCodesService } from '../identifiers/identifier-codes.service.js';
import { InstancesService } from '../instances/instances.service.js';
import { StepUpService } from '../reverifications/step-up.service.js';
import { requireOtherFactor } from '../second-factors/factor-rules.js';
import { SecondFactorsService } from '../second-factors/second-factors.service.js';
import { requireFewUnverified, requireMutable } from '../users/identifier-rules.js';
import { paramUnknown } from '../users/users.errors.js';
import type { FullUser } from '../users/users.serializer.js';
import { PhoneNumbersService, type FullPhoneNumber } from './phone-numbers.service.js';
import type { PatchPhoneNumber } from './phone-numbers.schemas.js';

/** What signed-in users may do with their own numbers, where the instance lets them. */
@Injectable()
export class OwnPhoneNumbersService {
  constructor(
    private readonly numbers: PhoneNumbersService,
    private readonly codes: IdentifierCodesService,
    private readonly access: AccessRulesService,
    private readonly instances: InstancesService,
    private readonly stepUp: StepUpService,
    private readonly secondFactors: SecondFactorsService,
    private readonly clock: Clock,
  ) {}

  /** @throws `resource_not_found` (404) */
  require(ctx: RequestContext, id: string): Promise<FullPhoneNumber> {
    return this.numbers.require(ctx, id, ctx.userId);
  }

  /**
   * Adds a number that is still to be proved.
   *
   * @throws `form_identifier_exists` (422), `too_many_unverified_identifications` (400),
   * `identification_create_second_factor_unverified` (400): it becomes a second factor after it is proved only, `immutable_attribute_modification_not_allowed`, `not_allowed_access` (403)
   */
  async add(ctx: RequestContext, number: string, isSecondFactor: boolean): Promise<FullPhoneNumber> {
    await this.requireAllowed(ctx);
    await this.access.requireAllowed(ctx.instanceId, { phoneNumber: number });
    return this.numbers.add(ctx, ctx.userId!, {
      number,
      status: 'unverified',
      isPrimary: false,
      isSecondFactor,
      check: requireFewUnverified,
    });
  }

  /**
   * Makes a number a second factor, or none, or the default one. The first second factor comes with backup codes where there are such.
   *
   * @throws as `PhoneNumbersService.update`, `second_factor_deletion_not_allowed` (400)
   */
  async update(
    ctx: RequestContext,
    id: string,
    input: PatchPhoneNumber,
  ): Promise<{ row: FullPhoneNumber; backupCodes?: string[] }> {
    await this.stepUp.require(ctx);
    const settings = await this.instances.settings(ctx.instanceId);
    const isFactor = input.reserved_for_second_factor ?? undefined;
    let backupCodes: string[] | undefined;
    const besides = (user: FullUser) => {
      backupCodes = undefined;
      if (isFactor === false) requireOtherFactor(settings, user, { phoneNumberId: id });
      if (!isFactor || !settings.attributes.backup_code.enabled || user.backupCodeHashes.length > 0) return {};
      const made = this.secondFactors.newBackupCodes();
      backupCodes = made.codes;
      return { backupCodeHashes: made.hashes, backupCodesAt: this.clock.now() };
    };
    const change = { isSecondFactor: isFactor, isDefaultSecondFactor: input.default_second_factor ?? undefined };
    const row = await this.numbers.update(ctx, id, change, ctx.userId, besides);
    return { row, backupCodes };
  }

  /** @throws as `PhoneNumbersService.delete`, `second_factor_deletion_not_allowed` (400), `immutable_attribute_modification_not_allowed` (403) */
  async delete(ctx: RequestContext, id: string): Promise<void> {
    await this.requireAllowed(ctx);
    const settings = await this.instances.settings(ctx.instanceId);
    await this.numbers.delete(ctx, id, ctx.userId, (user) => requireOtherFactor(settings, user, { phoneNumberId: id }));
  }

  /** Sends a code. @throws as `IdentifierCodesService.prepare` */
  prepare(ctx: RequestContext, id: string, strategy: string): Promise<FullPhoneNumber> {
    return this.codes.prepare(ctx, 'phone_number', ctx.userId!, id, strategy);
  }

  /** Tries a code. @throws as `IdentifierCodesService.attempt` */
  attempt(ctx: RequestContext, id: string, code: string): Promise<FullPhoneNumber> {
    return this.codes.attempt(ctx, 'phone_number', ctx.userId!, id, code);
  }

  /** Users may change this, and it is they who do. */
  private async requireAllowed(ctx: RequestContext): Promise<void> {
    await this.stepUp.require(ctx);
    const settings = await this.instances.settings(ctx.instanceId);
    if (!settings.attributes.phone_number.enabled) throw paramUnknown('phone_number');
    requireMutable(settings, 'phone_number');
  }
}
