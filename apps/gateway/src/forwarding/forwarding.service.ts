import { Injectable } from '@nestjs/common';
import { ServiceTransport, type Owner, type ServiceResponse } from '@latchkey/clients';
import { type Api, CLIENT_HEADER, DEV_BROWSER_HEADER, type RequestContext } from '@latchkey/contracts';
import { internalPath } from '@latchkey/http';
import type { FastifyReply } from 'fastify';
import type { Match } from '../operations/operations.router.js';
import type { Incoming } from '../requests/incoming.js';

/** Headers of one connection, or of the way between the services: callers do not see them. */
const OWN_HEADERS = new Set([
  'connection',
  'keep-alive',
  'transfer-encoding',
  'content-length',
  'content-type',
  'date',
  CLIENT_HEADER,
  DEV_BROWSER_HEADER,
]);

/** Hands requests to the services that own their operations. */
@Injectable()
export class ForwardingService {
  constructor(private readonly transport: ServiceTransport) {}

  /**
   * The owner's answer to a request.
   *
   * @param extra headers of the caller that the owner reads
   * @throws ServiceUnavailable when the owner does not answer
   */
  async forward(
    api: Api,
    ctx: RequestContext,
    { owner, path }: Match,
    incoming: Incoming,
    extra: Record<string, string> = {},
  ): Promise<ServiceResponse> {
    const answer = await this.send(owner as Owner, internalPath(api, path), ctx, incoming, extra);
    return answer.status === 200 && answer.body.length === 0 ? asNull(answer) : answer;
  }

  /** The answer of a service at a path of its own. */
  async send(
    owner: Owner,
    path: string,
    ctx: RequestContext,
    { method, forwardedQuery, body, contentType }: Incoming,
    extra: Record<string, string>,
  ): Promise<ServiceResponse> {
    const headers: Record<string, string> = { ...extra, 'x-request-id': ctx.requestId };
    // SDKs name a content type on requests without a body, too.
    if (body && contentType) headers['content-type'] = contentType;
    return this.transport.request(owner, {
      method: method === 'HEAD' ? 'GET' : method,
      path: path + (forwardedQuery ? `?${forwardedQuery}` : ''),
      headers,
      ctx,
      body,
    });
  }
}

/** Nest answers null with no body at all; the SDKs parse every 200. */
const asNull = (answer: ServiceResponse): ServiceResponse => ({
  ...answer,
  headers: { ...answer.headers, 'content-type': 'application/json' },
  body: Buffer.from('null'),
});

/** Whether an answer is JSON. */
export const isJson = ({ headers }: ServiceResponse) =>
  String(headers['content-type'] ?? '').startsWith('application/json');

/** Passes an owner's answer on, with `body` in place of its own when given. */
export function sendAnswer(reply: FastifyReply, answer: ServiceResponse, body: Buffer = answer.body): void {
  for (const [name, value] of Object.entries(answer.headers))
    if (value !== undefined && !OWN_HEADERS.has(name)) reply.header(name, value);
  // Exactly so: `@clerk/backend` compares the text, and takes what has a charset for no JSON.
  if (isJson(answer)) reply.header('content-type', 'application/json');
  else if (answer.headers['content-type']) reply.header('content-type', answer.headers['content-type']);
  void reply.status(answer.status).send(body.length > 0 ? body : undefined);
}
