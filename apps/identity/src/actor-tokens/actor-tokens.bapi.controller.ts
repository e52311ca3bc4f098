import { Body, Param, Post } from '@nestjs/common';
import type { ActorTokenJSON } from '@clerk/backend';
import type { RequestContext } from '@latchkey/contracts';
import { BapiController, Ctx, Operation } from '@latchkey/http';
import { CreateActorToken } from './actor-tokens.schemas.js';
import { toActorTokenJSON } from './actor-tokens.serializer.js';
import { ActorTokensService } from './actor-tokens.service.js';

@BapiController('/v1/actor_tokens')
export class ActorTokensBapiController {
  constructor(private readonly tokens: ActorTokensService) {}

  @Post()
  @Operation('CreateActorToken')
  async create(
    @Ctx() ctx: RequestContext,
    @Body({ schema: CreateActorToken }) body: CreateActorToken,
  ): Promise<ActorTokenJSON> {
    const { row, ...secret } = await this.tokens.create(ctx, body);
    return toActorTokenJSON(row, secret);
  }

  @Post('/:actor_token_id/revoke')
  @Operation('RevokeActorToken')
  async revoke(@Ctx() ctx: RequestContext, @Param('actor_token_id') id: string): Promise<ActorTokenJSON> {
    return toActorTokenJSON(await this.tokens.revoke(ctx, id));
  }
}
