import { Injectable } from '@nestjs/common';
import type { InstanceInfo } from '@latchkey/clients';
import type { RequestContext } from '@latchkey/contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { header } from '../fapi/fapi-requests.service.js';
import { ForwardingService, sendAnswer } from '../forwarding/forwarding.service.js';
import { askerOf, InstancesService } from '../instances/instances.service.js';
import { LimitsService } from '../limits/limits.service.js';
import { sendInterstitial } from './interstitial.js';
import type { Match } from '../operations/operations.router.js';
import { apiVersionOf } from '../requests/api-version.js';
import { authorizationMalformed, keyInvalid } from '../requests/gateway-errors.js';
import { asApiError } from '../requests/gateway-exception.filter.js';
import { parameter, type Incoming } from '../requests/incoming.js';

/** Answers BAPI: finds the instance by its secret key and forwards to the owner. */
@Injectable()
export class BapiService {
  constructor(
    private readonly instances: InstancesService,
    private readonly forwarding: ForwardingService,
    private readonly limits: LimitsService,
  ) {}

  /** Answers a request for an operation of the contract. */
  async answer(request: FastifyRequest, reply: FastifyReply, incoming: Incoming, match: Match): Promise<void> {
    if (match.id === 'GetPublicInterstitial') return sendInterstitial(reply, incoming);
    const ctx = await this.identify(request, incoming);
    await this.limits.countBapi(ctx, match);
    sendAnswer(reply, await this.forwarding.forward('bapi', ctx, match, incoming));
  }

  /** Answers the API of webhook endpoints, whose refusals have the shape that its client reads. */
  async answerSvix(request: FastifyRequest, reply: FastifyReply, incoming: Incoming): Promise<void> {
    try {
      const ctx = await this.identify(request, incoming);
      await this.limits.countSvix(ctx);
      const path = `/svix${incoming.path}`;
      sendAnswer(reply, await this.forwarding.send('webhooks', path, ctx, incoming, idempotencyKey(request)));
    } catch (thrown) {
      const error = asApiError(thrown, request);
      if (error.status >= 500) throw thrown;
      if (error.retryAfterSeconds !== undefined) reply.header('retry-after', String(error.retryAfterSeconds));
      const detail = { code: error.code, detail: error.items[0]?.long_message ?? error.message };
      void reply
        .status(error.status)
        .header('content-type', 'application/json')
        .send(Buffer.from(JSON.stringify(detail)));
    }
  }

  private async identify(request: FastifyRequest, { query }: Incoming): Promise<RequestContext> {
    const instance = await this.authenticate(request);
    return {
      instanceId: instance.id,
      environment: instance.environment,
      api: 'bapi',
      apiVersion: apiVersionOf(request.headers['clerk-api-version'], parameter(query, '__clerk_api_version')),
      requestId: request.id,
      fapiUrl: instance.fapiUrl,
      ipAddress: request.ip,
      userAgent: header(request, 'user-agent') ?? '',
    };
  }

  private async authenticate(request: FastifyRequest): Promise<InstanceInfo> {
    const [, key] = /^Bearer +(\S+)$/i.exec(header(request, 'authorization') ?? '') ?? [];
    if (!key) throw authorizationMalformed();
    const instance = await this.instances.bySecretKey(key, askerOf(request));
    if (!instance) throw keyInvalid();
    return instance;
  }
}

function idempotencyKey(request: FastifyRequest): Record<string, string> {
  const key = header(request, 'idempotency-key');
  return key ? { 'idempotency-key': key } : {};
}
