import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { ContextualRequest } from '@latchkey/http';
import type { FastifyReply } from 'fastify';
import { mergeMap, type Observable } from 'rxjs';
import { ClientsService } from './clients.service.js';

/** Carries a client's token to the gateway, which knows how this caller keeps it: as a cookie, a header, or not at all. */
export const CLIENT_HEADER = 'x-latchkey-client';

/** Adds the token of a client that the request has made or renewed to the answer. */
@Injectable()
export class ClientTokenInterceptor implements NestInterceptor {
  constructor(private readonly clients: ClientsService) {}

  intercept(host: ExecutionContext, next: CallHandler): Observable<unknown> {
    if (host.getType() !== 'http') return next.handle();
    const http = host.switchToHttp();
    return next.handle().pipe(
      mergeMap(async (body: unknown) => {
        const ctx = http.getRequest<ContextualRequest>().latchkey;
        const token = ctx && (await this.clients.issuedToken(ctx));
        if (token !== undefined) http.getResponse<FastifyReply>().header(CLIENT_HEADER, token);
        return body;
      }),
    );
  }
}
