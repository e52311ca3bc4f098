import { Body, Delete, Get, Param, Post } from '@nestjs/common';
import type { ClientJSON, SessionJSON, TokenJSON } from '@clerk/shared/types';
import type { RequestContext } from '@latchkey/contracts';
import { Ctx, FapiController, Operation } from '@latchkey/http';
import { SessionTokensService } from '../sessions/session-tokens.service.js';
import { CreateSessionToken, TouchSession } from './client-sessions.schemas.js';
import { ClientSessionsService } from './client-sessions.service.js';

@FapiController('/v1/client')
export class ClientSessionsFapiController {
  constructor(
    private readonly sessions: ClientSessionsService,
    private readonly tokens: SessionTokensService,
  ) {}

  @Delete()
  @Operation('deleteClientSessions')
  delete(@Ctx() ctx: RequestContext): Promise<ClientJSON | null> {
    return this.sessions.delete(ctx);
  }

  @Delete('/sessions')
  @Operation('removeClientSessionsAndRetainCookie')
  signOut(@Ctx() ctx: RequestContext): Promise<ClientJSON | null> {
    return this.sessions.signOut(ctx);
  }

  @Get('/sessions/:session_id')
  @Operation('getSession')
  get(@Ctx() ctx: RequestContext, @Param('session_id') id: string): Promise<SessionJSON> {
    return this.sessions.get(ctx, id);
  }

  @Post('/sessions/:session_id/touch')
  @Operation('touchSession')
  touch(
    @Ctx() ctx: RequestContext,
    @Param('session_id') id: string,
    @Body({ schema: TouchSession }) body: TouchSession,
  ): Promise<SessionJSON> {
    return this.sessions.touch(ctx, id, body);
  }

  @Post('/sessions/:session_id/end')
  @Operation('endSession')
  end(@Ctx() ctx: RequestContext, @Param('session_id') id: string): Promise<SessionJSON> {
    return this.sessions.end(ctx, id, 'ended');
  }

  @Post('/sessions/:session_id/remove')
  @Operation('removeSession')
  remove(@Ctx() ctx: RequestContext, @Param('session_id') id: string): Promise<SessionJSON> {
    return this.sessions.end(ctx, id, 'removed');
  }

  @Post('/sessions/:session_id/tokens')
  @Operation('createSessionToken')
  async createToken(
    @Ctx() ctx: RequestContext,
    @Param('session_id') id: string,
    @Body({ schema: CreateSessionToken }) body: CreateSessionToken,
  ): Promise<TokenJSON> {
    return { object: 'token', jwt: await this.tokens.create(ctx, id, body.organization_id) } as TokenJSON;
  }

  @Post('/sessions/:session_id/tokens/:template_name')
  @Operation('createSessionTokenWithTemplate')
  async createTokenFromTemplate(
    @Ctx() ctx: RequestContext,
    @Param('session_id') id: string,
    @Param('template_name') template: string,
  ): Promise<TokenJSON> {
    return { object: 'token', jwt: await this.tokens.createFromTemplate(ctx, id, template) } as TokenJSON;
  }
}
