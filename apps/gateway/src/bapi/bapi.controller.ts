import { All, Controller, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { findOperation } from '../operations/operations.router.js';
import { sendError } from '../requests/gateway-exception.filter.js';
import { unknownPath } from '../requests/gateway-errors.js';
import { readIncoming } from '../requests/incoming.js';
import { BapiService } from './bapi.service.js';

/** Everything that servers call with a secret key. */
@Controller('/bapi')
export class BapiController {
  constructor(private readonly bapi: BapiService) {}

  @All('*')
  async handle(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    reply.headers({ 'clerk-trace-id': request.id, 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
    try {
      const incoming = readIncoming(request, 'bapi');
      if (incoming.path.startsWith('/api/v1/')) return await this.bapi.answerSvix(request, reply, incoming);
      const match = findOperation('bapi', incoming.method, incoming.path);
      if (!match) throw unknownPath(incoming.method, incoming.path);
      await this.bapi.answer(request, reply, incoming, match);
    } catch (error) {
      sendError(reply, request, error);
    }
  }
}
