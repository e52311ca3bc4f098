import { Body, Get, Param, Patch } from '@nestjs/common';
import type { SignUpJSON } from '@clerk/backend';
import type { RequestContext } from '@latchkey/contracts';
import { BapiController, Ctx, Operation } from '@latchkey/http';
import { UpdateBackendSignUp } from './sign-ups.schemas.js';
import { SignUpsService } from './sign-ups.service.js';

@BapiController('/v1/sign_ups')
export class SignUpsBapiController {
  constructor(private readonly signUps: SignUpsService) {}

  @Get('/:id')
  @Operation('GetSignUp')
  get(@Ctx() ctx: RequestContext, @Param('id') id: string): Promise<SignUpJSON> {
    return this.signUps.getForBackend(ctx, id);
  }

  @Patch('/:id')
  @Operation('UpdateSignUp')
  update(
    @Ctx() ctx: RequestContext,
    @Param('id') id: string,
    @Body({ schema: UpdateBackendSignUp }) body: UpdateBackendSignUp,
  ): Promise<SignUpJSON> {
    return this.signUps.updateFromBackend(ctx, id, body);
  }
}
