import { All, Controller, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { findOperation } from '../operations/operations.router.js';
import { sendError } from '../requests/gateway-exception.filter.js';
import { unknownPath } from '../requests/gateway-errors.js';
import { readIncoming } from '../requests/incoming.js';
import { startRequest } from '../requests/request-metrics.js';
import { BapiService } from './bapi.service.js';

/** Everything that servers call with a secret key. */
@Controller('/bapi')
export class BapiController {
  constructor(private readonly bapi: BapiService) {}

  @All('*')
  async handle(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    reply.headers({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
    const measure = startRequest('bapi', reply);
    try {
      const incoming = readIncoming(request, 'bapi');
      if (incoming.path.startsWith('/api/v1/')) {
        measure.operation = 'svix';
        return await this.bapi.answerSvix(request, reply, incoming);
      }
      const match = findOperation('bapi', incoming.method, incoming.path);
      if (!match) throw unknownPath(incoming.method, incoming.path);
      measure.operation = match.id;
      await this.bapi.answer(request, reply, incoming, match);
    } catch (error) {
      sendError(reply, request, error);
    } finally {
      measure.end();
    }
  }
}
