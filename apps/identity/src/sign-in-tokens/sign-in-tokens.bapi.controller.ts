import { Body, Param, Post } from '@nestjs/common';
import type { SignInTokenJSON } from '@clerk/backend';
import type { RequestContext } from '@latchkey/contracts';
import { BapiController, Ctx, Operation } from '@latchkey/http';
import { CreateSignInToken } from './sign-in-tokens.schemas.js';
import { toSignInTokenJSON } from './sign-in-tokens.serializer.js';
import { SignInTokensService } from './sign-in-tokens.service.js';

@BapiController('/v1/sign_in_tokens')
export class SignInTokensBapiController {
  constructor(private readonly tokens: SignInTokensService) {}

  @Post()
  @Operation('CreateSignInToken')
  async create(
    @Ctx() ctx: RequestContext,
    @Body({ schema: CreateSignInToken }) body: CreateSignInToken,
  ): Promise<SignInTokenJSON> {
    const { row, ...secret } = await this.tokens.create(ctx, body);
    return toSignInTokenJSON(row, secret);
  }

  @Post('/:sign_in_token_id/revoke')
  @Operation('RevokeSignInToken')
  async revoke(@Ctx() ctx: RequestContext, @Param('sign_in_token_id') id: string): Promise<SignInTokenJSON> {
    return toSignInTokenJSON(await this.tokens.revoke(ctx, id));
  }
}
