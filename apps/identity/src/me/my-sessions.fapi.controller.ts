import { Get, Param, Post } from '@nestjs/common';
import type { SessionJSON } from '@clerk/shared/types';
import type { RequestContext } from '@latchkey/contracts';
import { Ctx, FapiController, Operation } from '@latchkey/http';
import { MySessionsService } from './my-sessions.service.js';

@FapiController('/v1/me/sessions')
export class MySessionsFapiController {
  constructor(private readonly sessions: MySessionsService) {}

  @Get()
  @Operation('getUsersSessions')
  list(@Ctx() ctx: RequestContext): Promise<SessionJSON[]> {
    return this.sessions.listAll(ctx);
  }

  @Get('/active')
  @Operation('getSessions')
  listActive(@Ctx() ctx: RequestContext): Promise<SessionJSON[]> {
    return this.sessions.listActive(ctx);
  }

  @Post('/:session_id/revoke')
  @Operation('revokeSession')
  revoke(@Ctx() ctx: RequestContext, @Param('session_id') id: string): Promise<SessionJSON> {
    return this.sessions.revoke(ctx, id);
  }
}
