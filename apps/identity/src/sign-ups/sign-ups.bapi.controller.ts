import { Body, Get, Param, Patch } from '@nestjs/common';
import type { SignUpJSON } from '@clerk/backend';
import type { RequestContext } from '@latchkey/contracts';
import { BapiController, Ctx, Operation } from '@latchkey/http';
import { BackendSignUpsService } from './backend-sign-ups.service.js';
import { UpdateBackendSignUp } from './sign-ups.schemas.js';

@BapiController('/v1/sign_ups')
export class SignUpsBapiController {
  constructor(private readonly signUps: BackendSignUpsService) {}

  @Get('/:id')
  @Operation('GetSignUp')
  get(@Ctx() ctx: RequestContext, @Param('id') id: string): Promise<SignUpJSON> {
    return this.signUps.get(ctx, id);
  }

  @Patch('/:id')
  @Operation('UpdateSignUp')
  update(
    @Ctx() ctx: RequestContext,
    @Param('id') id: string,
    @Body({ schema: UpdateBackendSignUp }) body: UpdateBackendSignUp,
  ): Promise<SignUpJSON> {
    return this.signUps.update(ctx, id, body);
  }
}
