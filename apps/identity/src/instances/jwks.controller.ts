import { Get } from '@nestjs/common';
import type { RequestContext } from '@latchkey/contracts';
import { BapiController, Ctx, FapiController, Operation } from '@latchkey/http';
import type { JWK } from 'jose';
import { SigningKeysService } from './signing-keys.service.js';

@BapiController('/v1/jwks')
export class JwksBapiController {
  constructor(private readonly signingKeys: SigningKeysService) {}

  @Get()
  @Operation('GetJWKS')
  async get(@Ctx() ctx: RequestContext): Promise<{ keys: JWK[] }> {
    return { keys: await this.signingKeys.jwks(ctx.instanceId) };
  }
}

@FapiController('/.well-known/jwks.json')
export class JwksFapiController {
  constructor(private readonly signingKeys: SigningKeysService) {}

  @Get()
  @Operation('getJWKS')
  async get(@Ctx() ctx: RequestContext): Promise<{ keys: JWK[] }> {
    return { keys: await this.signingKeys.jwks(ctx.instanceId) };
  }
}
