import { All, Controller, Req, Res } from '@nestjs/common';
import { ServiceTransport } from '@latchkey/clients';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { FapiRequestsService } from '../fapi/fapi-requests.service.js';
import { sendAnswer } from '../forwarding/forwarding.service.js';
import { basePath } from '../pages/reached-pages.js';

const ADDRESS = '/fapi/webhooks-portal';
/** What the portal reads of a request. */
const HEADERS = ['authorization', 'content-type', 'user-agent', 'if-none-match'];

/**
 * The pages where a person looks after an instance's webhooks, and what they call. They have sessions of their own, which
 * webhooks checks: no client, cookie or key of an instance plays a part.
 */
@Controller(ADDRESS)
export class WebhooksPortalController {
  constructor(
    private readonly transport: ServiceTransport,
    private readonly requests: FapiRequestsService,
  ) {}

  @All(['', '*'])
  async handle(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const path = request.raw.url!.slice(ADDRESS.length);
    if (request.method === 'GET' && (path === '' || path === '/'))
      return void reply.redirect(`${basePath(await this.requests.reach(request))}/webhooks-portal/login`, 302);
    const body = Buffer.isBuffer(request.body) && request.body.length > 0 ? request.body : undefined;
    const headers = Object.fromEntries(
      HEADERS.filter((name) => name !== 'content-type' || body)
        .map((name) => [name, request.headers[name]])
        .filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
    );
    const answer = await this.transport.request('webhooks', {
      method: request.method,
      path: `/portal${path.replace(/^\/(?=$|\?)/, '')}`,
      headers,
      body,
    });
    sendAnswer(reply, answer);
  }
}
