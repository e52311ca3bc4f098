import type { DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { stringify } from '@latchkey/core';
import { NestLogger } from '@latchkey/observability';
import querystring from 'fast-querystring';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { errorBody, toApiError } from './api-exception.filter.js';
import { addBodyParsers, BODY_LIMIT_BYTES } from './body-parsers.js';

/** Makes a service's Nest application on Fastify; it does not listen yet. */
export async function createApp(module: DynamicModule): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({
    bodyLimit: BODY_LIMIT_BYTES,
    routerOptions: {
      ignoreTrailingSlash: true,
      ignoreDuplicateSlashes: true,
      querystringParser: (text) => querystring.parse(text),
    },
    // Answers from before the guard, a 404 say, are traced under the gateway's id too.
    requestIdHeader: 'x-request-id',
    // An id that is longer than any, say: nothing is there, and the answer has the envelope that callers read.
    frameworkErrors: (_error: Error, request: FastifyRequest, reply: FastifyReply) =>
      void reply.status(404).send(errorBody(toApiError({ statusCode: 404 }, request), request.id)),
    // A client that a proxy has kept waiting must not meet a server that has just hung up.
    keepAliveTimeout: 75_000,
  });
  const app = await NestFactory.create<NestFastifyApplication>(module, adapter, {
    bodyParser: false,
    logger: new NestLogger(),
  });
  const fastify = app.getHttpAdapter().getInstance();
  addBodyParsers(fastify);
  fastify.setReplySerializer(stringify);
  return app;
}
