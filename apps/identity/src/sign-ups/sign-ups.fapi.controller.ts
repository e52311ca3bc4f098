import { Body, Get, Param, Patch, Post } from '@nestjs/common';
import type { SignUpJSON } from '@clerk/shared/types';
import type { RequestContext } from '@latchkey/contracts';
import { Ctx, FapiController, Operation } from '@latchkey/http';
import {
  AttemptSignUpVerification,
  CreateSignUp,
  PrepareSignUpVerification,
  UpdateSignUp,
} from './sign-ups.schemas.js';
import { SignUpsService } from './sign-ups.service.js';

@FapiController('/v1/client/sign_ups')
export class SignUpsFapiController {
  constructor(private readonly signUps: SignUpsService) {}

  @Post()
  @Operation('createSignUps')
  create(@Ctx() ctx: RequestContext, @Body({ schema: CreateSignUp }) body: CreateSignUp): Promise<SignUpJSON> {
    return this.signUps.create(ctx, body);
  }

  @Get('/:sign_up_id')
  @Operation('getSignUps')
  get(@Ctx() ctx: RequestContext, @Param('sign_up_id') id: string): Promise<SignUpJSON> {
    return this.signUps.get(ctx, id);
  }

  @Patch('/:sign_up_id')
  @Operation('updateSignUps')
  update(
    @Ctx() ctx: RequestContext,
    @Param('sign_up_id') id: string,
    @Body({ schema: UpdateSignUp }) body: UpdateSignUp,
  ): Promise<SignUpJSON> {
    return this.signUps.update(ctx, id, body);
  }

  @Post('/:sign_up_id/prepare_verification')
  @Operation('prepareSignUpsVerification')
  prepareVerification(
    @Ctx() ctx: RequestContext,
    @Param('sign_up_id') id: string,
    @Body({ schema: PrepareSignUpVerification }) body: PrepareSignUpVerification,
  ): Promise<SignUpJSON> {
    return this.signUps.prepareVerification(ctx, id, body);
  }

  @Post('/:sign_up_id/attempt_verification')
  @Operation('attemptSignUpsVerification')
  attemptVerification(
    @Ctx() ctx: RequestContext,
    @Param('sign_up_id') id: string,
    @Body({ schema: AttemptSignUpVerification }) body: AttemptSignUpVerification,
  ): Promise<SignUpJSON> {
    return this.signUps.attemptVerification(ctx, id, body);
  }
}
