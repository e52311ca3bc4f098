import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { toApiError } from '@latchkey/http';
import { log } from '@latchkey/observability';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** Puts errors on the wire as the `svix` client expects them: `{code, detail}`, and for bad fields a list of places. */
@Catch()
export class SvixExceptionFilter implements ExceptionFilter {
  catch(thrown: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    const error = toApiError(thrown, request);
    if (error.status >= 500) log.error({ err: thrown, path: request.url.split('?')[0] }, 'request failed');
    if (error.status !== 422) {
      void reply.status(error.status).send({ code: error.code, detail: error.items[0]!.long_message });
      return;
    }
    const place = request.method === 'GET' ? 'query' : 'body';
    const detail = error.items.map((item) => ({
      loc: [place, ...((item.meta?.param_name as string | undefined) ?? '').split('.')].filter(Boolean),
      msg: item.long_message,
      type: item.code === 'form_param_missing' ? 'value_error.missing' : 'value_error',
    }));
    void reply.status(422).send({ detail });
  }
}
