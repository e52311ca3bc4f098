import { Body, Delete, Get, Param, Patch, Post } from '@nestjs/common';
import type { DeletedObjectJSON, PhoneNumberJSON } from '@clerk/shared/types';
import type { RequestContext } from '@latchkey/contracts';
import { Clock } from '@latchkey/core';
import { Ctx, FapiController, Operation } from '@latchkey/http';
import { toPhoneNumberJSON } from '../users/users.serializer.js';
import { UsersService } from '../users/users.service.js';
import { AddPhoneNumber, PatchPhoneNumber, PreparePhoneNumber, VerifyPhoneNumber } from './phone-numbers.schemas.js';
import { type FullPhoneNumber } from './phone-numbers.service.js';
import { OwnPhoneNumbersService } from './own-phone-numbers.service.js';

@FapiController('/v1/me/phone_numbers')
export class PhoneNumbersFapiController {
  constructor(
    private readonly users: UsersService,
    private readonly numbers: OwnPhoneNumbersService,
    private readonly clock: Clock,
  ) {}

  @Get()
  @Operation('getPhoneNumbers')
  async list(@Ctx() ctx: RequestContext): Promise<PhoneNumberJSON[]> {
    return (await this.users.require(ctx, ctx.userId!)).phoneNumbers.map((row) => this.toJSON(row));
  }

  @Post()
  @Operation('postPhoneNumbers')
  async create(
    @Ctx() ctx: RequestContext,
    @Body({ schema: AddPhoneNumber }) body: AddPhoneNumber,
  ): Promise<PhoneNumberJSON> {
    return this.toJSON(await this.numbers.add(ctx, body.phone_number, body.reserved_for_second_factor === true));
  }

  @Get('/:phone_number_id')
  @Operation('ReadPhoneNumber')
  async get(@Ctx() ctx: RequestContext, @Param('phone_number_id') id: string): Promise<PhoneNumberJSON> {
    return this.toJSON(await this.numbers.require(ctx, id));
  }

  @Patch('/:phone_number_id')
  @Operation('UpdatePhoneNumber')
  async update(
    @Ctx() ctx: RequestContext,
    @Param('phone_number_id') id: string,
    @Body({ schema: PatchPhoneNumber }) body: PatchPhoneNumber,
  ): Promise<PhoneNumberJSON> {
    const { row, backupCodes } = await this.numbers.update(ctx, id, body);
    return { ...this.toJSON(row), ...(backupCodes ? { backup_codes: backupCodes } : {}) };
  }

  @Delete('/:phone_number_id')
  @Operation('DeletePhoneNumber')
  async delete(@Ctx() ctx: RequestContext, @Param('phone_number_id') id: string): Promise<DeletedObjectJSON> {
    await this.numbers.delete(ctx, id);
    return { object: 'phone_number', id, deleted: true };
  }

  @Post('/:phone_number_id/prepare_verification')
  @Operation('sendVerificationSMS')
  async prepareVerification(
    @Ctx() ctx: RequestContext,
    @Param('phone_number_id') id: string,
    @Body({ schema: PreparePhoneNumber }) body: PreparePhoneNumber,
  ): Promise<PhoneNumberJSON> {
    return this.toJSON(await this.numbers.prepare(ctx, id, body.strategy));
  }

  @Post('/:phone_number_id/attempt_verification')
  @Operation('verifyPhoneNumber')
  async attemptVerification(
    @Ctx() ctx: RequestContext,
    @Param('phone_number_id') id: string,
    @Body({ schema: VerifyPhoneNumber }) body: VerifyPhoneNumber,
  ): Promise<PhoneNumberJSON> {
    return this.toJSON(await this.numbers.attempt(ctx, id, body.code));
  }

  private toJSON(row: FullPhoneNumber): PhoneNumberJSON {
    return toPhoneNumberJSON(row, this.clock.now());
  }
}
