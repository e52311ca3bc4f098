import type { DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { randomBytesOf } from '@latchkey/core';
import { BODY_LIMIT_BYTES } from '@latchkey/http';
import { NestLogger } from '@latchkey/observability';
import type { GatewayConfig } from '../config.js';
import { addCorsHeaders } from '../fapi/cors.js';
import { FAPI_ROUTE } from '../fapi/fapi.controller.js';
import { malformedPath, unknownPath } from '../requests/gateway-errors.js';
import { sendError } from '../requests/gateway-exception.filter.js';
import { Listeners, routedUrl, type Address, type ListenerName } from './listeners.js';

/** Makes the Nest application of the gateway's module; it does not listen yet. */
export async function createGatewayApp(
  module: DynamicModule,
  config: Pick<GatewayConfig, 'GATEWAY_TRUSTED_PROXIES'>,
): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({
    bodyLimit: BODY_LIMIT_BYTES,
    trustProxy: config.GATEWAY_TRUSTED_PROXIES,
    genReqId: () => randomBytesOf(16).toString('hex'),
    rewriteUrl: routedUrl,
    // A path that cannot be decoded reaches no controller.
    frameworkErrors: (_error: Error, request: FastifyRequest, reply: FastifyReply) =>
      sendError(reply, request, malformedPath()),
    routerOptions: { maxParamLength: 2048 },
  });
  const app = await NestFactory.create<NestFastifyApplication>(module, adapter, {
    bodyParser: false,
    logger: new NestLogger(),
  });
  const fastify = app.getHttpAdapter().getInstance();
  fastify.addHook('onRequest', receive);
  // Bodies are forwarded, not read.
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  return app;
}

/** What would lead out of a path once somebody further on resolves it, and NUL, which is in no row's id. */
const NOWHERE = /(^|\/)(\.|%2e){1,2}(\/|$)|\\|%00/i;

/** Before anything else: whatever becomes of a request, its answer can be traced and, from FAPI, be read by the page that asks. */
function receive(request: FastifyRequest, reply: FastifyReply, next: () => void): void {
  reply.header('clerk-trace-id', request.id);
  // The API's own answers only: no other site may read the portal's pages or the inbox.
  if (request.routeOptions.url === FAPI_ROUTE) addCorsHeaders(request, reply);
  const path = request.url.split('?')[0]!;
  // Owners must see the path that is looked at here.
  if (NOWHERE.test(path)) return sendError(reply, request, unknownPath(request.method, path));
  next();
}

/** Opens the gateway's sockets and gives the address of each. */
export async function listen<Addresses extends Partial<Record<ListenerName, Address>>>(
  app: NestFastifyApplication,
  addresses: Addresses,
): Promise<Record<keyof Addresses, string>> {
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
  const listeners = app.get(Listeners);
  const urls: Partial<Record<ListenerName, string>> = {};
  for (const [name, address] of Object.entries(addresses) as [ListenerName, Address][])
    urls[name] = await listeners.open(app, name, address);
  return urls as Record<keyof Addresses, string>;
}
