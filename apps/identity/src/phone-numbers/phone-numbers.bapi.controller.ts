import { Body, Delete, Get, Param, Patch, Post, Put } from '@nestjs/common';
import type { DeletedObjectJSON } from '@clerk/backend';
import type { PhoneNumberJSON } from '@clerk/shared/types';
import type { RequestContext } from '@latchkey/contracts';
import { Clock } from '@latchkey/core';
import { BapiController, Ctx, Operation } from '@latchkey/http';
import { toPhoneNumberJSON } from '../users/users.serializer.js';
import { IdentifierCodesService } from '../identifiers/identifier-codes.service.js';
import { VerificationChecksService } from '../verifications/verification-checks.service.js';
import {
  CreatePhoneNumber,
  ReplacePhoneNumber,
  UpdatePhoneNumber,
  AttemptPhoneNumber,
} from './phone-numbers.schemas.js';
import { PhoneNumbersService, type FullPhoneNumber } from './phone-numbers.service.js';

@BapiController('/v1')
export class PhoneNumbersBapiController {
  constructor(
    private readonly numbers: PhoneNumbersService,
    private readonly codes: IdentifierCodesService,
    private readonly checks: VerificationChecksService,
    private readonly clock: Clock,
  ) {}

  @Post('/phone_numbers')
  @Operation('CreatePhoneNumber')
  async create(
    @Ctx() ctx: RequestContext,
    @Body({ schema: CreatePhoneNumber }) body: CreatePhoneNumber,
  ): Promise<PhoneNumberJSON> {
    const row = await this.numbers.add(ctx, body.user_id, {
      number: body.phone_number,
      status: body.verified ? 'verified' : 'unverified',
      isPrimary: body.primary ?? undefined,
      isSecondFactor: body.reserved_for_second_factor ?? undefined,
    });
    return this.toJSON(row);
  }

  @Get('/phone_numbers/:phone_number_id')
  @Operation('GetPhoneNumber')
  async get(@Ctx() ctx: RequestContext, @Param('phone_number_id') id: string): Promise<PhoneNumberJSON> {
    return this.toJSON(await this.numbers.require(ctx, id));
  }

  @Patch('/phone_numbers/:phone_number_id')
  @Operation('UpdatePhoneNumber')
  async update(
    @Ctx() ctx: RequestContext,
    @Param('phone_number_id') id: string,
    @Body({ schema: UpdatePhoneNumber }) body: UpdatePhoneNumber,
  ): Promise<PhoneNumberJSON> {
    const row = await this.numbers.update(ctx, id, {
      isVerified: body.verified ?? undefined,
      isPrimary: body.primary ?? undefined,
      isSecondFactor: body.reserved_for_second_factor ?? undefined,
    });
    return this.toJSON(row);
  }

  @Delete('/phone_numbers/:phone_number_id')
  @Operation('DeletePhoneNumber')
  async delete(@Ctx() ctx: RequestContext, @Param('phone_number_id') id: string): Promise<DeletedObjectJSON> {
    await this.numbers.delete(ctx, id);
    return { object: 'phone_number', id, deleted: true };
  }

  @Post('/phone_numbers/:phone_number_id/prepare_verification')
  @Operation('PreparePhoneNumberVerification')
  async prepareVerification(@Ctx() ctx: RequestContext, @Param('phone_number_id') id: string) {
    return this.checks.toJSON(await this.codes.prepareCheck(ctx, 'phone_number', id));
  }

  @Post('/phone_numbers/:phone_number_id/attempt_verification')
  @Operation('AttemptPhoneNumberVerification')
  async attemptVerification(
    @Ctx() ctx: RequestContext,
    @Param('phone_number_id') id: string,
    @Body({ schema: AttemptPhoneNumber }) body: AttemptPhoneNumber,
  ) {
    return this.checks.toJSON(await this.codes.attemptCheck(ctx, 'phone_number', id, body.verification_id, body.code));
  }

  @Put('/users/:user_id/phone_number')
  @Operation('ReplaceUserPhoneNumber')
  async replace(
    @Ctx() ctx: RequestContext,
    @Param('user_id') userId: string,
    @Body({ schema: ReplacePhoneNumber }) body: ReplacePhoneNumber,
  ): Promise<PhoneNumberJSON> {
    const row = await this.numbers.replace(ctx, userId, {
      number: body.phone_number,
      status: body.identification_status,
    });
    return this.toJSON(row);
  }

  private toJSON(row: FullPhoneNumber): PhoneNumberJSON {
    return toPhoneNumberJSON(row, this.clock.now());
  }
}
