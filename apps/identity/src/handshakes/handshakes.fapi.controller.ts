import { Get, Query, Res } from '@nestjs/common';
import { DEV_BROWSER_HEADER, type RequestContext } from '@latchkey/contracts';
import { Ctx, FapiController, Operation } from '@latchkey/http';
import type { FastifyReply } from 'fastify';
import { HandshakeQuery, TouchClientQuery } from './handshakes.schemas.js';
import { HandshakesService, type Redirect } from './handshakes.service.js';

@FapiController('/v1/client')
export class HandshakesFapiController {
  constructor(private readonly handshakes: HandshakesService) {}

  @Get('/handshake')
  @Operation('handshakeClient')
  async handshake(
    @Ctx() ctx: RequestContext,
    @Query({ schema: HandshakeQuery }) query: HandshakeQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    redirect(reply, await this.handshakes.shake(ctx, query));
  }

  @Get('/touch')
  @Operation('touchClient')
  async touch(
    @Ctx() ctx: RequestContext,
    @Query({ schema: TouchClientQuery }) query: TouchClientQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    redirect(reply, await this.handshakes.touch(ctx, query.redirect_url));
  }
}

function redirect(reply: FastifyReply, { location, cookies, devBrowserToken }: Redirect): void {
  reply.header('location', location).header('cache-control', 'no-store');
  if (cookies.length) reply.header('set-cookie', cookies);
  if (devBrowserToken) reply.header(DEV_BROWSER_HEADER, devBrowserToken);
}
