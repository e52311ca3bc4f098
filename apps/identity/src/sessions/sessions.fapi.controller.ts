import { Body, Param, Post } from '@nestjs/common';
import type { TokenJSON } from '@clerk/shared/types';
import type { RequestContext } from '@latchkey/contracts';
import { Ctx, FapiController, Operation } from '@latchkey/http';
import { CreateSessionToken } from './sessions.schemas.js';
import { SessionTokensService } from './session-tokens.service.js';

@FapiController('/v1/client/sessions')
export class SessionsFapiController {
  constructor(private readonly tokens: SessionTokensService) {}

  @Post('/:session_id/tokens')
  @Operation('createSessionToken')
  async createToken(
    @Ctx() ctx: RequestContext,
    @Param('session_id') id: string,
    @Body({ schema: CreateSessionToken }) body: CreateSessionToken,
  ): Promise<TokenJSON> {
    return { object: 'token', jwt: await this.tokens.create(ctx, id, body) } as TokenJSON;
  }
}
