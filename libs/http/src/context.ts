import { createHmac, timingSafeEqual } from 'node:crypto';
import { createParamDecorator, type CanActivate, type ExecutionContext, Injectable, SetMetadata } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { refusal } from '@latchkey/core';
import { CONTEXT, CONTEXT_HEADER, type RequestContext } from '@latchkey/contracts';
import type { FastifyRequest } from 'fastify';

const LIFETIME_MS = 60_000;

/** A request that has passed the guard. */
export type ContextualRequest = FastifyRequest & { latchkey?: RequestContext };

/** Signs and verifies the request context. HMAC-SHA256 under a key that only the services share. */
export class ContextSigner {
  constructor(private readonly key: string) {}

  /** `ctx` as header text; good for a minute, so that a leaked log line cannot be replayed later. */
  sign(ctx: RequestContext): string {
    const body = Buffer.from(JSON.stringify({ ...ctx, expires: Date.now() + LIFETIME_MS })).toString('base64url');
    return `${body}.${this.mac(body)}`;
  }

  /** The context that came with a request: handed over within the process, or signed by another service. */
  of({ raw, headers }: FastifyRequest): RequestContext | undefined {
    const header = headers[CONTEXT_HEADER];
    return (raw as Handed)[CONTEXT] ?? this.verify(typeof header === 'string' ? header : undefined);
  }

  /** The context that `sign` was given; undefined when the text was changed, is too old, or was never signed. */
  verify(text: string | undefined): RequestContext | undefined {
    const [body, mac] = text?.split('.') ?? [];
    if (!body || !mac || !isSame(mac, this.mac(body))) return undefined;
    const { expires, ...ctx } = JSON.parse(Buffer.from(body, 'base64url').toString()) as RequestContext & {
      expires: number;
    };
    return expires > Date.now() ? ctx : undefined;
  }

  private mac(body: string): string {
    return createHmac('sha256', this.key).update(body).digest('base64url');
  }
}

interface Handed {
  [CONTEXT]?: RequestContext;
}

/** In constant time, without the hashes that `sameSecret` needs for secrets of any length: this is on every request's path. */
function isSame(given: string, mac: string): boolean {
  return given.length === mac.length && timingSafeEqual(Buffer.from(given, 'latin1'), Buffer.from(mac, 'latin1'));
}

/** The context of the request, for a handler's parameter. */
export const Ctx = createParamDecorator(
  (_: unknown, host: ExecutionContext): RequestContext => host.switchToHttp().getRequest<ContextualRequest>().latchkey!,
);

const OPEN = 'latchkey:open';

/** A controller that answers without a signed context: it finds out by itself who asks, and what they may do. */
export const Open = () => SetMetadata(OPEN, true);

/** Lets no request in without a context that the gateway (or another service) has signed; health, metrics and `@Open()` aside. */
@Injectable()
export class ContextGuard implements CanActivate {
  constructor(
    private readonly signer: ContextSigner,
    private readonly reflector: Reflector,
  ) {}

  canActivate(host: ExecutionContext): boolean {
    const request = host.switchToHttp().getRequest<ContextualRequest>();
    if (host.getType() !== 'http' || isOpen(request.url)) return true;
    if (this.reflector.get<boolean | undefined>(OPEN, host.getClass())) return true;
    const ctx = this.signer.of(request);
    if (!ctx) throw unsigned();
    request.latchkey = ctx;
    return true;
  }
}

const isOpen = (url: string) => url.startsWith('/health/') || url === '/metrics';

const unsigned = () =>
  refusal(
    401,
    'authentication_invalid',
    'not authenticated',
    'Services answer the gateway alone; call the public API instead.',
  );
