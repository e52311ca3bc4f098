import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { CLIENT_HEADER } from '@latchkey/contracts';
import type { ContextualRequest } from '@latchkey/http';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { ClientsService } from './clients.service.js';

/** Carries a client's token to the gateway, which knows how this caller keeps it: as a cookie, a header, or not at all. */

/**
 * Adds the token of a client that the request has made or renewed to the answer, unless that is a refusal. A hook of Fastify, as
 * few answers carry one: an interceptor of Nest would lead every answer of this service through its own machinery.
 */
@Injectable()
export class ClientTokenHook implements OnModuleInit {
  constructor(
    private readonly clients: ClientsService,
    private readonly host: HttpAdapterHost,
  ) {}

  onModuleInit(): void {
    const fastify = this.host.httpAdapter.getInstance<FastifyInstance>();
    fastify.addHook('onSend', (request, reply, payload, done) => {
      const { latchkey: ctx } = request as ContextualRequest;
      const issued = ctx && reply.statusCode < 400 ? this.clients.issuedToken(ctx) : undefined;
      if (issued === undefined) return done(null, payload);
      this.give(reply, issued).then(() => done(null, payload), done);
    });
  }

  private async give(reply: FastifyReply, token: Promise<string>): Promise<void> {
    reply.header(CLIENT_HEADER, await token);
  }
}
