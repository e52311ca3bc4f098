import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Match } from '../operations/operations.router.js';
import { unknownPath } from '../requests/gateway-errors.js';
import { FapiRequestsService } from './fapi-requests.service.js';

/** FAPI operations that the gateway answers by itself. */
@Injectable()
export class OwnOperations {
  constructor(private readonly requests: FapiRequestsService) {}

  async answer(request: FastifyRequest, reply: FastifyReply, match: Match): Promise<void> {
    switch (match.id) {
      case 'getHealth':
        return sendJson(reply, { status: 'healthy' });
      case 'getProxyHealth': {
        const { isProxied, ipAddress } = await this.requests.reach(request);
        if (!isProxied) return sendJson(reply, { status: 'unhealthy', message: 'There is no Clerk-Proxy-Url header.' });
        return sendJson(reply, { status: 'healthy', x_forwarded_for: ipAddress });
      }
      case 'clearSiteData':
        reply.header('clear-site-data', '"*"');
        return sendJson(reply, {});
      default:
        throw unknownPath(request.method, match.path);
    }
  }
}

function sendJson(reply: FastifyReply, body: object): void {
  void reply.header('content-type', 'application/json').send(Buffer.from(JSON.stringify(body)));
}
