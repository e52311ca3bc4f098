import { Body, Get, Param, Post } from '@nestjs/common';
import type { SignInJSON } from '@clerk/shared/types';
import type { RequestContext } from '@latchkey/contracts';
import { Ctx, FapiController, Operation } from '@latchkey/http';
import { PasswordResetsService } from './password-resets.service.js';
import { SignInBeginningsService } from './sign-in-beginnings.service.js';
import {
  AttemptSignInFactorOne,
  AttemptSignInFactorTwo,
  CreateSignIn,
  PrepareSignInFactorOne,
  PrepareSignInFactorTwo,
  ResetPassword,
} from './sign-ins.schemas.js';
import { SignInsService } from './sign-ins.service.js';

@FapiController('/v1/client/sign_ins')
export class SignInsFapiController {
  constructor(
    private readonly signIns: SignInsService,
    private readonly beginnings: SignInBeginningsService,
    private readonly resets: PasswordResetsService,
  ) {}

  @Post()
  @Operation('createSignIn')
  create(@Ctx() ctx: RequestContext, @Body({ schema: CreateSignIn }) body: CreateSignIn): Promise<SignInJSON> {
    return this.beginnings.create(ctx, body);
  }

  @Get('/:sign_in_id')
  @Operation('getSignIn')
  get(@Ctx() ctx: RequestContext, @Param('sign_in_id') id: string): Promise<SignInJSON> {
    return this.signIns.get(ctx, id);
  }

  @Post('/:sign_in_id/prepare_first_factor')
  @Operation('prepareSignInFactorOne')
  prepareFirstFactor(
    @Ctx() ctx: RequestContext,
    @Param('sign_in_id') id: string,
    @Body({ schema: PrepareSignInFactorOne }) body: PrepareSignInFactorOne,
  ): Promise<SignInJSON> {
    return this.signIns.prepareFirstFactor(ctx, id, body);
  }

  @Post('/:sign_in_id/attempt_first_factor')
  @Operation('attemptSignInFactorOne')
  attemptFirstFactor(
    @Ctx() ctx: RequestContext,
    @Param('sign_in_id') id: string,
    @Body({ schema: AttemptSignInFactorOne }) body: AttemptSignInFactorOne,
  ): Promise<SignInJSON> {
    return this.signIns.attemptFirstFactor(ctx, id, body);
  }

  @Post('/:sign_in_id/prepare_second_factor')
  @Operation('prepareSignInFactorTwo')
  prepareSecondFactor(
    @Ctx() ctx: RequestContext,
    @Param('sign_in_id') id: string,
    @Body({ schema: PrepareSignInFactorTwo }) body: PrepareSignInFactorTwo,
  ): Promise<SignInJSON> {
    return this.signIns.prepareSecondFactor(ctx, id, body);
  }

  @Post('/:sign_in_id/attempt_second_factor')
  @Operation('attemptSignInFactorTwo')
  attemptSecondFactor(
    @Ctx() ctx: RequestContext,
    @Param('sign_in_id') id: string,
    @Body({ schema: AttemptSignInFactorTwo }) body: AttemptSignInFactorTwo,
  ): Promise<SignInJSON> {
    return this.signIns.attemptSecondFactor(ctx, id, body);
  }

  @Post('/:sign_in_id/reset_password')
  @Operation('resetPassword')
  resetPassword(
    @Ctx() ctx: RequestContext,
    @Param('sign_in_id') id: string,
    @Body({ schema: ResetPassword }) body: ResetPassword,
  ): Promise<SignInJSON> {
    return this.resets.reset(ctx, id, body);
  }
}
