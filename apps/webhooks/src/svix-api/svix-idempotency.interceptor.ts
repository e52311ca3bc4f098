import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { ContextualRequest } from '@latchkey/http';
import { SharedState, StateUnavailable } from '@latchkey/state';
import type { FastifyReply } from 'fastify';
import { catchError, from, mergeMap, of, type Observable } from 'rxjs';
import { svixConflict } from './svix-errors.js';

/** How long the answer to a key is remembered. */
const KEPT_MS = 12 * 3_600_000;
/** How long a key is held by a request that has not been answered: its process may have died. */
const HELD_MS = 60_000;
const HELD = '!';

/**
 * Answers a repeated POST as it answered the first one with the same `Idempotency-Key`. The client repeats what got no
 * answer, under the same key: without this it would create things twice. What is remembered may be lost with the shared
 * state; then the repetition is carried out.
 */
@Injectable()
export class SvixIdempotency implements NestInterceptor {
  constructor(private readonly state: SharedState) {}

  async intercept(host: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const request = host.switchToHttp().getRequest<ContextualRequest>();
    const given = request.headers['idempotency-key'];
    if (request.method !== 'POST' || typeof given !== 'string' || given.length > 256) return next.handle();
    const key = `webhooks:idempotency:${request.latchkey!.instanceId}:${request.url}:${given}`;
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    if (!(await this.claim(key))) return of(await this.remembered(key, reply));
    return next.handle().pipe(
      mergeMap(async (body: unknown) => {
        await this.state.set(key, JSON.stringify({ status: reply.statusCode, body }), KEPT_MS);
        return body;
      }),
      catchError((error: unknown) => from(this.release(key, error))),
    );
  }

  private async claim(key: string): Promise<boolean> {
    try {
      return await this.state.setIfAbsent(key, HELD, HELD_MS);
    } catch (error) {
      if (error instanceof StateUnavailable) return true;
      throw error;
    }
  }

  private async remembered(key: string, reply: FastifyReply): Promise<unknown> {
    const stored = await this.state.get(key);
    if (stored === null || stored === HELD) throw svixConflict('A request with this idempotency key is under way');
    const { status, body } = JSON.parse(stored) as { status: number; body: unknown };
    reply.status(status);
    return body;
  }

  /** What was refused may be asked again. */
  private async release(key: string, error: unknown): Promise<never> {
    await this.state.delete(key);
    throw error;
  }
}
