import { All, Body, Controller, Get, HttpCode, Param, Post, Req, Res, UseFilters } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { CONTEXT_HEADER } from '@latchkey/contracts';
import { ContextSigner, Open } from '@latchkey/http';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { SvixExceptionFilter } from '../svix-api/svix-exception.filter.js';
import { svixNotFound } from '../svix-api/svix-errors.js';
import { sessionUnknown } from './portal.errors.js';
import { PortalPages } from './portal.pages.js';
import { OpenIn } from './portal.schemas.js';
import { PortalService } from './portal.service.js';

const API = '/portal/api/v1';

/**
 * What the portal calls: no secret key stands behind it, but a session that a link has opened. The gateway hands on
 * everything below the portal's address as it is.
 */
@Open()
@UseFilters(SvixExceptionFilter)
@Controller('/portal')
export class PortalController {
  constructor(
    private readonly portal: PortalService,
    private readonly pages: PortalPages,
    private readonly signer: ContextSigner,
    private readonly host: HttpAdapterHost,
  ) {}

  @Get('login')
  page(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    this.sendFile('login', request, reply);
  }

  @Get('assets/:name')
  asset(@Param('name') name: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    this.sendFile(`assets/${name}`, request, reply);
  }

  @Post('open')
  @HttpCode(200)
  async open(@Body({ schema: OpenIn }) body: OpenIn) {
    return this.portal.open(body.key);
  }

  @Post('api/v1/auth/logout')
  @HttpCode(204)
  async logout(@Req() request: FastifyRequest): Promise<void> {
    await this.portal.logout(tokenOf(request));
  }

  /** The svix API, as far as the session may use it. */
  @All('api/v1/*')
  async api(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const [path] = request.url.slice(API.length).split('?');
    const caller = { requestId: request.id, ipAddress: request.ip, userAgent: request.headers['user-agent'] ?? '' };
    const context = await this.portal.authorize(tokenOf(request), request.method, path!, caller);
    const fastify = this.host.httpAdapter.getInstance<FastifyInstance>();
    const answer = await fastify.inject({
      method: request.method as 'GET',
      url: `/svix/api/v1${request.url.slice(API.length)}`,
      headers: { [CONTEXT_HEADER]: this.signer.sign(context), 'content-type': 'application/json' },
      payload: request.body === undefined ? undefined : JSON.stringify(request.body),
    });
    const type = answer.headers['content-type'];
    void reply
      .status(answer.statusCode)
      .headers(type ? { 'content-type': type } : {})
      .send(answer.rawPayload);
  }

  /** What is no page is refused as the API refuses: nobody outside knows this service's own paths. */
  @All(['', '*'])
  unknown(): never {
    throw svixNotFound();
  }

  private sendFile(name: string, request: FastifyRequest, reply: FastifyReply): void {
    const file = this.pages.find(name);
    if (!file) throw svixNotFound();
    reply.headers(file.headers);
    if (file.headers['etag'] && request.headers['if-none-match'] === file.headers['etag']) reply.status(304).send();
    else reply.send(file.content);
  }
}

function tokenOf(request: FastifyRequest): string {
  const [, token] = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '') ?? [];
  if (!token) throw sessionUnknown();
  return token;
}
