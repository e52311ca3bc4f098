import { Body, Delete, Get, Param, Patch, Post, Put } from '@nestjs/common';
import type { DeletedObjectJSON } from '@clerk/backend';
import type { EmailAddressJSON } from '@clerk/shared/types';
import type { RequestContext } from '@latchkey/contracts';
import { Clock } from '@latchkey/core';
import { BapiController, Ctx, Operation } from '@latchkey/http';
import { toEmailAddressJSON } from '../users/users.serializer.js';
import { IdentifierCodesService } from '../identifiers/identifier-codes.service.js';
import { VerificationChecksService } from '../verifications/verification-checks.service.js';
import {
  CreateEmailAddress,
  ReplaceEmailAddress,
  UpdateEmailAddress,
  AttemptEmailAddress,
} from './email-addresses.schemas.js';
import { EmailAddressesService, type FullEmailAddress } from './email-addresses.service.js';

@BapiController('/v1')
export class EmailAddressesBapiController {
  constructor(
    private readonly addresses: EmailAddressesService,
    private readonly codes: IdentifierCodesService,
    private readonly checks: VerificationChecksService,
    private readonly clock: Clock,
  ) {}

  @Post('/email_addresses')
  @Operation('CreateEmailAddress')
  async create(
    @Ctx() ctx: RequestContext,
    @Body({ schema: CreateEmailAddress }) body: CreateEmailAddress,
  ): Promise<EmailAddressJSON> {
    const row = await this.addresses.add(ctx, body.user_id, {
      address: body.email_address,
      status: body.verified ? 'verified' : 'unverified',
      isPrimary: body.primary ?? undefined,
      notifyPrevious: body.notify_primary_email_address_changed ?? undefined,
    });
    return this.toJSON(row);
  }

  @Get('/email_addresses/:email_address_id')
  @Operation('GetEmailAddress')
  async get(@Ctx() ctx: RequestContext, @Param('email_address_id') id: string): Promise<EmailAddressJSON> {
    return this.toJSON(await this.addresses.require(ctx, id));
  }

  @Patch('/email_addresses/:email_address_id')
  @Operation('UpdateEmailAddress')
  async update(
    @Ctx() ctx: RequestContext,
    @Param('email_address_id') id: string,
    @Body({ schema: UpdateEmailAddress }) body: UpdateEmailAddress,
  ): Promise<EmailAddressJSON> {
    const row = await this.addresses.update(ctx, id, {
      isVerified: body.verified ?? undefined,
      isPrimary: body.primary ?? undefined,
      notifyPrevious: body.notify_primary_email_address_changed ?? undefined,
    });
    return this.toJSON(row);
  }

  @Delete('/email_addresses/:email_address_id')
  @Operation('DeleteEmailAddress')
  async delete(@Ctx() ctx: RequestContext, @Param('email_address_id') id: string): Promise<DeletedObjectJSON> {
    await this.addresses.delete(ctx, id);
    return { object: 'email_address', id, deleted: true };
  }

  @Post('/email_addresses/:email_address_id/prepare_verification')
  @Operation('PrepareEmailAddressVerification')
  async prepareVerification(@Ctx() ctx: RequestContext, @Param('email_address_id') id: string) {
    return this.checks.toJSON(await this.codes.prepareCheck(ctx, 'email_address', id));
  }

  @Post('/email_addresses/:email_address_id/attempt_verification')
  @Operation('AttemptEmailAddressVerification')
  async attemptVerification(
    @Ctx() ctx: RequestContext,
    @Param('email_address_id') id: string,
    @Body({ schema: AttemptEmailAddress }) body: AttemptEmailAddress,
  ) {
    return this.checks.toJSON(await this.codes.attemptCheck(ctx, 'email_address', id, body.verification_id, body.code));
  }

  @Put('/users/:user_id/email_address')
  @Operation('ReplaceUserEmailAddress')
  async replace(
    @Ctx() ctx: RequestContext,
    @Param('user_id') userId: string,
    @Body({ schema: ReplaceEmailAddress }) body: ReplaceEmailAddress,
  ): Promise<EmailAddressJSON> {
    const row = await this.addresses.replace(ctx, userId, {
      address: body.email_address,
      status: body.identification_status,
      notifyPrevious: body.notify_primary_email_address_changed ?? undefined,
    });
    return this.toJSON(row);
  }

  private toJSON(row: FullEmailAddress): EmailAddressJSON {
    return toEmailAddressJSON(row, this.clock.now());
  }
}
