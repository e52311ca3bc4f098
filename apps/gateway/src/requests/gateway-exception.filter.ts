import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { ServiceUnavailable } from '@latchkey/clients';
import { ApiError } from '@latchkey/core';
import { errorBody, toApiError } from '@latchkey/http';
import { log } from '@latchkey/observability';
import { RateLimited } from '@latchkey/state';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { serviceUnavailable } from './gateway-errors.js';

/** Puts what the gateway itself refuses on the wire. What owners refuse is passed on as it is. */
@Catch()
export class GatewayExceptionFilter implements ExceptionFilter {
  catch(thrown: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    sendError(host.switchToHttp().getResponse<FastifyReply>(), request, thrown);
  }
}

/** Sends an error in the contract's envelope, with exactly the content type that the SDKs compare. */
export function sendError(reply: FastifyReply, request: FastifyRequest, thrown: unknown): void {
  const error = asApiError(thrown, request);
  if (error.status >= 500)
    log.error({ err: thrown, trace_id: request.id, path: request.url.split('?')[0] }, 'request failed');
  if (error.retryAfterSeconds !== undefined) reply.header('retry-after', String(error.retryAfterSeconds));
  void reply
    .status(error.status)
    .header('content-type', 'application/json')
    .send(Buffer.from(JSON.stringify(errorBody(error, request.id))));
}

/** What a caller is told of an error. */
export function asApiError(thrown: unknown, request: FastifyRequest): ApiError {
  if (thrown instanceof RateLimited) return tooManyRequests(thrown);
  if (thrown instanceof ServiceUnavailable) return serviceUnavailable();
  return toApiError(thrown, request);
}

const tooManyRequests = ({ retryAfterSeconds }: RateLimited) =>
  new ApiError(
    429,
    {
      code: 'too_many_requests',
      message: 'Too many requests. Please try again in a bit.',
      long_message: `Too many requests. Try again in ${retryAfterSeconds} seconds.`,
      meta: { resets_in: retryAfterSeconds },
    },
    { retryAfterSeconds },
  );
