import { Body, Get, Param, Post, Query } from '@nestjs/common';
import type { SessionJSON, TokenJSON } from '@clerk/backend';
import type { Page, RequestContext } from '@latchkey/contracts';
import { BapiController, Ctx, Operation, toList } from '@latchkey/http';
import { CreateSession, ListSessions, MintSessionToken } from './sessions.schemas.js';
import type { Session } from '../generated/prisma/client.js';
import { toSessionJSON } from './sessions.serializer.js';
import { SessionsService } from './sessions.service.js';
import { SessionTokensService, subjectOf } from './session-tokens.service.js';

@BapiController('/v1/sessions')
export class SessionsBapiController {
  constructor(
    private readonly sessions: SessionsService,
    private readonly tokens: SessionTokensService,
  ) {}

  @Get()
  @Operation('GetSessionList')
  async list(
    @Ctx() ctx: RequestContext,
    @Query({ schema: ListSessions }) query: ListSessions,
  ): Promise<SessionJSON[] | Page<SessionJSON>> {
    const { rows, total } = await this.sessions.list(ctx, query);
    const shown = await Promise.all(rows.map((session) => this.show(ctx, session)));
    return toList({ rows: shown, total }, query.paginated, (session) => session);
  }

  @Post()
  @Operation('createSession')
  async create(@Ctx() ctx: RequestContext, @Body({ schema: CreateSession }) body: CreateSession): Promise<SessionJSON> {
    return this.show(ctx, await this.sessions.create(ctx, body.user_id, body.active_organization_id));
  }

  @Get('/:session_id')
  @Operation('GetSession')
  async get(@Ctx() ctx: RequestContext, @Param('session_id') id: string): Promise<SessionJSON> {
    return this.show(ctx, await this.sessions.require(ctx, id));
  }

  @Post('/:session_id/revoke')
  @Operation('RevokeSession')
  async revoke(@Ctx() ctx: RequestContext, @Param('session_id') id: string): Promise<SessionJSON> {
    return toSessionJSON(await this.sessions.revoke(ctx, id));
  }

  @Post('/:session_id/tokens')
  @Operation('CreateSessionToken')
  async createToken(
    @Ctx() ctx: RequestContext,
    @Param('session_id') id: string,
    @Body({ schema: MintSessionToken }) body: MintSessionToken,
  ): Promise<TokenJSON> {
    const subject = subjectOf(await this.sessions.requireLiving(ctx, id));
    return token(await this.tokens.mint(ctx, subject, { lifetime: body.expires_in_seconds ?? undefined }));
  }

  @Post('/:session_id/tokens/:template_name')
  @Operation('CreateSessionTokenFromTemplate')
  async createTokenFromTemplate(
    @Ctx() ctx: RequestContext,
    @Param('session_id') id: string,
    @Param('template_name') template: string,
    @Body({ schema: MintSessionToken }) body: MintSessionToken,
  ): Promise<TokenJSON> {
    const subject = subjectOf(await this.sessions.requireLiving(ctx, id));
    const lifetime = body.expires_in_seconds ?? undefined;
    return token(await this.tokens.mintFromTemplate(ctx, subject, template, lifetime));
  }

  /** With the tasks of a session that waits for them. */
  private async show(ctx: RequestContext, session: Session): Promise<SessionJSON> {
    return toSessionJSON(session, await this.sessions.tasksOf(ctx, session));
  }
}

const token = (jwt: string) => ({ object: 'token', jwt }) as TokenJSON;
