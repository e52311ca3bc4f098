import { Body, Param, Post, Query } from '@nestjs/common';
import type { RequestContext } from '@latchkey/contracts';
import { BapiController, Ctx, Operation } from '@latchkey/http';
import { sessionDirectives } from '../handshakes/handshake-cookies.js';
import { InstancesService } from '../instances/instances.service.js';
import { cookieSuffix } from '../instances/publishable-key.js';
import { RefreshSession, RefreshSessionQuery } from './session-refreshes.schemas.js';
import { SessionRefreshesService } from './session-refreshes.service.js';

@BapiController('/v1/sessions')
export class SessionRefreshesBapiController {
  constructor(
    private readonly refreshes: SessionRefreshesService,
    private readonly instances: InstancesService,
  ) {}

  @Post('/:session_id/refresh')
  @Operation('RefreshSession')
  async refresh(
    @Ctx() ctx: RequestContext,
    @Param('session_id') id: string,
    @Body({ schema: RefreshSession }) body: RefreshSession,
    @Query({ schema: RefreshSessionQuery }) query: RefreshSessionQuery,
  ): Promise<{ object: 'token'; jwt: string } | { object: 'cookies'; cookies: string[] }> {
    const jwt = await this.refreshes.refresh(ctx, id, body);
    if (body.format !== 'cookie') return { object: 'token', jwt };
    const { publishableKey } = await this.instances.require(ctx.instanceId);
    const target = {
      url: new URL(body.request_origin),
      isDevelopment: ctx.environment === 'development',
      isProxied: false,
      suffix: query.suffixed_cookies === 'true' ? cookieSuffix(publishableKey) : undefined,
    };
    return { object: 'cookies', cookies: sessionDirectives(target, jwt) };
  }
}
