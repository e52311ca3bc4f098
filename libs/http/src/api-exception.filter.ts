import { Catch, HttpException, NotFoundException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { ApiError, refusal } from '@latchkey/core';
import { isDatabaseUnavailable } from '@latchkey/db';
import { log } from '@latchkey/observability';
import type { FastifyReply } from 'fastify';
import type { ContextualRequest } from './context.js';

/** Puts every error on the wire in the contract's envelope. What nobody foresaw is logged and tells only its trace id. */
@Catch()
export class ApiExceptionFilter implements ExceptionFilter {
  catch(thrown: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<ContextualRequest>();
    const reply = http.getResponse<FastifyReply>();
    const traceId = request.latchkey?.requestId ?? request.id;
    const error = isNotBuilt(thrown, request) ? notBuilt(request) : toApiError(thrown, request);
    if (error.status >= 500)
      log.error({ err: thrown, trace_id: traceId, path: request.url.split('?')[0] }, 'request failed');
    if (error.retryAfterSeconds !== undefined) reply.header('retry-after', String(error.retryAfterSeconds));
    void reply.status(error.status).send(errorBody(error, traceId));
  }
}

/**
 * Whether no handler is there for an operation of the contract. The gateway forwards nothing else below the APIs' paths, so that what the
 * table of operations has and the service has not is still to come; a path that the contract lacks is refused by the gateway.
 */
const isNotBuilt = (thrown: unknown, { url }: ContextualRequest) =>
  thrown instanceof NotFoundException && /^\/[fb]api\//.test(url);

const notBuilt = ({ method, url }: ContextualRequest) =>
  refusal(
    403,
    'feature_not_implemented',
    'not implemented',
    `${method} ${publicPath(url)} is an operation of the API that Latchkey does not have yet.`,
  );

/** The body of an error answer. */
export const errorBody = (error: ApiError, traceId: string) => ({
  errors: error.items.map((item) => ({ meta: {}, ...item })),
  clerk_trace_id: traceId,
});

/** What was thrown as the error that the caller is told. */
export function toApiError(thrown: unknown, request: { method: string; url: string }): ApiError {
  if (thrown instanceof ApiError) return thrown;
  if (isDatabaseUnavailable(thrown)) return away('The database is away for a moment. Try again soon.');
  if (thrown instanceof Error && thrown.name === 'ServiceUnavailable')
    return away('A part of the platform is away for a moment. Try again soon.');
  const status =
    thrown instanceof HttpException ? thrown.getStatus() : (thrown as { statusCode?: number } | null)?.statusCode;
  if (status === 404) return unknownPath(request);
  if (status === 413)
    return refusal(413, 'request_body_too_large', 'Request body too large', 'The body of the request is too large.');
  if (status === 415)
    return refusal(415, 'unsupported_content_type', 'Unsupported content type', 'Send JSON, or a form.');
  if (status === 400)
    return refusal(400, 'request_body_invalid', 'Request body invalid', 'The body of the request cannot be read.');
  return refusal(
    500,
    'internal_clerk_error',
    'Internal error',
    'Something went wrong here; the trace id leads to it in the logs.',
  );
}

/** A path as callers know it: without the name of the API, which the gateway has put in front. */
const publicPath = (url: string) => url.split('?')[0]!.replace(/^\/[fb]api(?=\/|$)/, '') || '/';

const unknownPath = (request: { method: string; url: string }) =>
  refusal(404, 'resource_not_found', 'not found', `There is no ${request.method} ${publicPath(request.url)}.`);

const away = (longMessage: string) =>
  new ApiError(
    503,
    { code: 'service_unavailable', message: 'Service unavailable', long_message: longMessage },
    { retryAfterSeconds: 1 },
  );
