import { Injectable } from '@nestjs/common';
import type { InstanceInfo } from '@latchkey/clients';
import type { OperationId, RequestContext } from '@latchkey/contracts';
import { parseCookie, type Cookies } from 'cookie';
import type { FastifyRequest } from 'fastify';
import { CallersService, type Caller, type Credentials } from '../clients/callers.service.js';
import { askerOf, InstancesService } from '../instances/instances.service.js';
import type { Match } from '../operations/operations.router.js';
import { apiVersionOf } from '../requests/api-version.js';
import {
  hostInvalid,
  originWithAuthorization,
  proxySecretInvalid,
  proxySecretMissing,
  proxyUrlInvalid,
} from '../requests/gateway-errors.js';
import { parameter, type Incoming } from '../requests/incoming.js';

/** The instance that a request reached, and how. */
export interface Reached {
  instance: InstanceInfo;
  /** Where the caller reaches FAPI, without a trailing slash. */
  fapiUrl: string;
  /** The app's own server stands in between. */
  isProxied: boolean;
  ipAddress: string;
}

/** A FAPI request with everything that is known of its caller. */
export interface FapiRequest {
  reached: Reached;
  ctx: RequestContext;
  caller: Caller;
  credentials: Credentials;
  cookies: Cookies;
}

/**
 * Operations that give a browser a new identity in development when it has none that is known; and the environment, which
 * is the same for all.
 */
const makesBrowsers: ReadonlySet<OperationId> = new Set<OperationId>([
  'createDevBrowser',
  'getDevBrowserInit',
  'handshakeClient',
  'getEnvironment',
  'getJWKS',
]);

/** Finds out which instance a browser or app calls, and who it is. */
@Injectable()
export class FapiRequestsService {
  constructor(
    private readonly instances: InstancesService,
    private readonly callers: CallersService,
  ) {}

  /** @throws `host_invalid`, `proxy_request_missing_secret_key` (400), `proxy_request_invalid_secret_key` (401) */
  async reach(request: FastifyRequest): Promise<Reached> {
    const proxyUrl = header(request, 'clerk-proxy-url');
    if (proxyUrl !== undefined) return this.throughProxy(request, proxyUrl);
    const host = request.host;
    const instance = await this.instances.byHost(host, askerOf(request));
    if (!instance) throw hostInvalid();
    // In development people reach it as they like: by an address, a name, through a tunnel.
    const fapiUrl = instance.environment === 'production' ? instance.fapiUrl : `${request.protocol}://${host}`;
    return { instance, fapiUrl, isProxied: false, ipAddress: request.ip };
  }

  /** As `reach`, with what is remembered of the instance asked for anew. */
  reachAnew(request: FastifyRequest, { instance }: Reached): Promise<Reached> {
    this.instances.forget(instance.id);
    return this.reach(request);
  }

  /** The context of a request, with the client and the session that it may act through. */
  async identify(request: FastifyRequest, incoming: Incoming, reached: Reached, match: Match): Promise<FapiRequest> {
    const { instance } = reached;
    const { query } = incoming;
    const isNative = parameter(query, '_is_native') === '1' || header(request, 'x-mobile') === '1';
    const origin = header(request, 'origin');
    const authorization = header(request, 'authorization');
    if (origin !== undefined && authorization && !isNative && incoming.path.startsWith('/v1/'))
      throw originWithAuthorization();
    const pageOrigin = origin ?? ownOrigin(request, reached);
    const ctx: RequestContext = {
      instanceId: instance.id,
      environment: instance.environment,
      api: 'fapi',
      apiVersion: apiVersionOf(request.headers['clerk-api-version'], parameter(query, '__clerk_api_version')),
      requestId: request.id,
      fapiUrl: reached.fapiUrl,
      ipAddress: reached.ipAddress,
      userAgent: header(request, 'user-agent') ?? '',
      ...(pageOrigin !== undefined && { origin: pageOrigin }),
      ...(isNative && { isNative }),
    };
    const cookies = parseCookie(header(request, 'cookie') ?? '');
    const credentials: Credentials = {
      devBrowserToken: parameter(query, '__clerk_db_jwt') || parameter(query, '__dev_session') || undefined,
      nativeToken: (isNative && authorization?.replace(/^Bearer\s+/i, '')) || undefined,
      cookieToken: cookies.__client || undefined,
    };
    const caller = await this.callers.identify(ctx, instance, credentials, makesBrowsers.has(match.id));
    this.act(ctx, caller, parameter(query, '_clerk_session_id'));
    if (match.auth === 'session_token') await this.actBySessionToken(ctx, instance, authorization);
    return { reached, ctx, caller, credentials, cookies };
  }

  /** Fills in through which client and session the request acts. */
  private act(ctx: RequestContext, caller: Caller, askedSession: string | undefined): void {
    if (caller.devBrowserId) ctx.devBrowserId = caller.devBrowserId;
    if (!caller.state) return;
    ctx.clientId = caller.state.id;
    const session = this.callers.actingSession(caller.state, askedSession);
    if (!session) return;
    ctx.sessionId = session.id;
    ctx.userId = session.userId;
    if (session.organizationId) ctx.organizationId = session.organizationId;
    if (session.actor) ctx.actor = session.actor;
  }

  /** The component for API keys sends the session's token and no cookie. */
  private async actBySessionToken(ctx: RequestContext, instance: InstanceInfo, authorization?: string): Promise<void> {
    const session = await this.callers.sessionOf(instance, authorization?.replace(/^Bearer\s+/i, ''));
    if (session) Object.assign(ctx, session);
  }

  /** The app's server proves with the secret key that the address which it names is its own. */
  private async throughProxy(request: FastifyRequest, proxyUrl: string): Promise<Reached> {
    const key = header(request, 'clerk-secret-key');
    if (!key) throw proxySecretMissing();
    const instance = await this.instances.bySecretKey(key, askerOf(request));
    if (!instance) throw proxySecretInvalid();
    if (!/^https?:\/\//.test(proxyUrl) || !URL.canParse(proxyUrl)) throw proxyUrlInvalid();
    const { origin, pathname } = new URL(proxyUrl);
    const [end] = header(request, 'x-forwarded-for')?.split(',') ?? [];
    return {
      instance,
      fapiUrl: origin + pathname.replace(/\/+$/, ''),
      isProxied: true,
      ipAddress: end?.trim() || request.ip,
    };
  }
}

/**
 * Browsers send no `Origin` when a page reads from its own; they say that it is its own. Such pages are the account portal's,
 * and an app's whose server stands in between: their tokens name an origin too.
 */
const ownOrigin = (request: FastifyRequest, { fapiUrl }: Reached): string | undefined =>
  header(request, 'sec-fetch-site') === 'same-origin' ? new URL(fapiUrl).origin : undefined;

/** A header's value; of several, the first. */
export function header(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}
