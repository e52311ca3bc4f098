import { All, Controller, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { findOperation } from '../operations/operations.router.js';
import { sendError } from '../requests/gateway-exception.filter.js';
import { unknownPath } from '../requests/gateway-errors.js';
import { startRequest } from '../requests/request-metrics.js';
import { readIncoming } from '../requests/incoming.js';
import { sendPreflight } from './cors.js';
import { FapiService } from './fapi.service.js';
import { OwnOperations } from './own-operations.js';

/** The route of everything on FAPI that is not a page or a file. */
export const FAPI_ROUTE = '/fapi/*';

/** Everything that browsers and mobile apps call. */
@Controller('/fapi')
export class FapiController {
  constructor(
    private readonly fapi: FapiService,
    private readonly own: OwnOperations,
  ) {}

  @All('*')
  async handle(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    reply.headers({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
    if (request.method === 'OPTIONS') return sendPreflight(reply);
    const measure = startRequest('fapi', reply);
    try {
      const incoming = readIncoming(request, 'fapi');
      const match = findOperation('fapi', incoming.method, incoming.path);
      if (!match) throw unknownPath(incoming.method, incoming.path);
      measure.operation = match.id;
      if (match.owner === 'gateway') return await this.own.answer(request, reply, match);
      await this.fapi.answer(request, reply, incoming, match);
    } catch (error) {
      sendError(reply, request, error);
    } finally {
      measure.end();
    }
  }
}
