import { Body, Delete, Get, Param, Post } from '@nestjs/common';
import type { DeletedObjectJSON, EmailAddressJSON } from '@clerk/shared/types';
import type { RequestContext } from '@latchkey/contracts';
import { Clock } from '@latchkey/core';
import { Ctx, FapiController, Operation } from '@latchkey/http';
import { toEmailAddressJSON } from '../users/users.serializer.js';
import { UsersService } from '../users/users.service.js';
import { AddEmailAddress, PrepareEmailAddress, VerifyEmailAddress } from './email-addresses.schemas.js';
import { type FullEmailAddress } from './email-addresses.service.js';
import { OwnEmailAddressesService } from './own-email-addresses.service.js';

@FapiController('/v1/me/email_addresses')
export class EmailAddressesFapiController {
  constructor(
    private readonly users: UsersService,
    private readonly addresses: OwnEmailAddressesService,
    private readonly clock: Clock,
  ) {}

  @Get()
  @Operation('getEmailAddresses')
  async list(@Ctx() ctx: RequestContext): Promise<EmailAddressJSON[]> {
    return (await this.users.require(ctx, ctx.userId!)).emailAddresses.map((row) => this.toJSON(row));
  }

  @Post()
  @Operation('createEmailAddresses')
  async create(
    @Ctx() ctx: RequestContext,
    @Body({ schema: AddEmailAddress }) body: AddEmailAddress,
  ): Promise<EmailAddressJSON> {
    return this.toJSON(await this.addresses.add(ctx, body.email_address));
  }

  @Get('/:email_id')
  @Operation('getEmailAddress')
  async get(@Ctx() ctx: RequestContext, @Param('email_id') id: string): Promise<EmailAddressJSON> {
    return this.toJSON(await this.addresses.require(ctx, id));
  }

  @Delete('/:email_id')
  @Operation('DeleteEmailAddress')
  async delete(@Ctx() ctx: RequestContext, @Param('email_id') id: string): Promise<DeletedObjectJSON> {
    await this.addresses.delete(ctx, id);
    return { object: 'email_address', id, deleted: true };
  }

  @Post('/:email_id/prepare_verification')
  @Operation('sendVerificationEmail')
  async prepareVerification(
    @Ctx() ctx: RequestContext,
    @Param('email_id') id: string,
    @Body({ schema: PrepareEmailAddress }) body: PrepareEmailAddress,
  ): Promise<EmailAddressJSON> {
    return this.toJSON(await this.addresses.prepare(ctx, id, body));
  }

  @Post('/:email_id/attempt_verification')
  @Operation('verifyEmailAddress')
  async attemptVerification(
    @Ctx() ctx: RequestContext,
    @Param('email_id') id: string,
    @Body({ schema: VerifyEmailAddress }) body: VerifyEmailAddress,
  ): Promise<EmailAddressJSON> {
    return this.toJSON(await this.addresses.attempt(ctx, id, body.code));
  }

  private toJSON(row: FullEmailAddress): EmailAddressJSON {
    return toEmailAddressJSON(row, this.clock.now());
  }
}
