import { Get, Query } from '@nestjs/common';
import type { RequestContext } from '@latchkey/contracts';
import { BapiController, Ctx, Operation } from '@latchkey/http';
import { HandshakePayloadsService } from './handshake-payloads.service.js';
import { HandshakePayloadQuery } from './handshakes.schemas.js';

@BapiController('/v1/clients/handshake_payload')
export class HandshakesBapiController {
  constructor(private readonly payloads: HandshakePayloadsService) {}

  @Get()
  @Operation('GetHandshakePayload')
  async payload(
    @Ctx() ctx: RequestContext,
    @Query({ schema: HandshakePayloadQuery }) { nonce }: HandshakePayloadQuery,
  ): Promise<{ directives: string[] }> {
    return { directives: await this.payloads.read(ctx, nonce) };
  }
}
