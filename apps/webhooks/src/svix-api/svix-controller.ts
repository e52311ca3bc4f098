import { applyDecorators, Controller, SetMetadata, UseFilters, UseInterceptors } from '@nestjs/common';
import { API } from '@latchkey/http';
import { SvixExceptionFilter } from './svix-exception.filter.js';
import { SvixIdempotency } from './svix-idempotency.interceptor.js';

/**
 * A controller of the REST API that the published `svix` client speaks. The gateway authenticates the secret key and sends
 * everything below `/api/v1` here with `/svix` in front.
 *
 * @param path what follows `/api/v1`
 */
export const SvixController = (path: string) =>
  applyDecorators(
    SetMetadata(API, 'svix'),
    UseFilters(SvixExceptionFilter),
    UseInterceptors(SvixIdempotency),
    Controller(`/svix/api/v1${path}`),
  );
