import { Controller, Get, Req, Res } from '@nestjs/common';
import { ServiceTransport, systemContext, type Owner } from '@latchkey/clients';
import type { Api } from '@latchkey/contracts';
import type { DescribedOperation } from '@latchkey/http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { serviceUnavailable } from '../requests/gateway-errors.js';
import { openApiDocument } from './openapi.document.js';

const OWNERS: readonly Owner[] = ['identity', 'organizations', 'billing', 'webhooks'];

/** The documents of both APIs, made of what the services say of themselves. They are public, as the published ones are. */
@Controller()
export class OpenApiController {
  /** A service's operations change with its code only. */
  private readonly known = new Map<Owner, Promise<DescribedOperation[]>>();

  constructor(private readonly transport: ServiceTransport) {}

  @Get('/bapi/openapi.json')
  bapi(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.send('bapi', request, reply);
  }

  @Get('/fapi/openapi.json')
  fapi(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.send('fapi', request, reply);
  }

  private async send(api: Api, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const described = (await Promise.all(OWNERS.map((owner) => this.describe(owner, request.id)))).flat();
    const document = openApiDocument(api, described, `${request.protocol}://${request.host}`);
    reply.headers({
      'content-type': 'application/json',
      // It names the host that was asked for, which no shared cache may keep for others.
      'cache-control': 'private, max-age=300',
      'x-content-type-options': 'nosniff',
      'access-control-allow-origin': '*',
    });
    void reply.send(Buffer.from(JSON.stringify(document)));
  }

  private describe(owner: Owner, requestId: string): Promise<DescribedOperation[]> {
    let asked = this.known.get(owner);
    if (!asked) {
      asked = this.ask(owner, requestId);
      this.known.set(owner, asked);
      asked.catch(() => this.known.delete(owner));
    }
    return asked;
  }

  private async ask(owner: Owner, requestId: string): Promise<DescribedOperation[]> {
    const { status, body } = await this.transport.request(owner, {
      method: 'GET',
      path: '/internal/operations',
      headers: {},
      ctx: systemContext(requestId),
    });
    if (status !== 200) throw serviceUnavailable();
    return JSON.parse(body.toString()) as DescribedOperation[];
  }
}
