import { Injectable } from '@nestjs/common';
import { IdentityClient, type ServiceResponse } from '@latchkey/clients';
import type { ClientJSON } from '@clerk/shared/types';
import { log } from '@latchkey/observability';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { parseCookie } from 'cookie';
import { clientCookie, clientUat, clientUatCookies } from '../clients/client-cookies.js';
import { CallersService } from '../clients/callers.service.js';
import { clientIdIn } from '../clients/client-tokens.js';
import {
  CLIENT_HEADER,
  DEV_BROWSER_HEADER,
  ForwardingService,
  isJson,
  sendAnswer,
} from '../forwarding/forwarding.service.js';
import { LimitsService } from '../limits/limits.service.js';
import { doubledOperations, flatOperations, flatPaths } from '../operations/flat-operations.js';
import type { Match } from '../operations/operations.router.js';
import { parameter, type Incoming } from '../requests/incoming.js';
import { checkOrigin } from './cors.js';
import { FapiRequestsService, header, type FapiRequest } from './fapi-requests.service.js';
import { doubled, refusedWith, wrapped } from './piggyback.js';

/** Paths that other parties' pages and servers call by design: protocols with checks of their own. */
const CROSS_SITE = /^\/(\.well-known|oauth|api_keys)(\/|$)|^\/v1\/(oauth_callback|saml|images)(\/|$)/;

/** Answers FAPI: forwards to the owner, and adds what the SDKs expect around its answer. */
@Injectable()
export class FapiService {
  constructor(
    private readonly requests: FapiRequestsService,
    private readonly forwarding: ForwardingService,
    private readonly limits: LimitsService,
    private readonly identity: IdentityClient,
    private readonly callers: CallersService,
  ) {}

  /** Answers a request for an operation of another service. */
  async answer(request: FastifyRequest, reply: FastifyReply, incoming: Incoming, match: Match): Promise<void> {
    const reached = await this.requests.reach(request);
    const known = await this.requests.identify(request, incoming, reached);
    const { ctx, caller, credentials } = known;
    const isChange = incoming.method !== 'GET' && incoming.method !== 'HEAD';
    if (!CROSS_SITE.test(match.path))
      checkOrigin({ ...reached, origin: ctx.origin, isChange, ridesOnCookie: caller.ridesOnCookie });
    const testingToken = parameter(incoming.query, '__clerk_testing_token');
    await this.limits.countFapi(ctx, reached.instance, match.id, testingToken);
    const answer = await this.forwarding.forward('fapi', ctx, match, incoming, passedOn(request, match));
    this.applyTokens(reply, known, answer);
    if (ctx.environment === 'development' && !answer.headers[DEV_BROWSER_HEADER] && credentials.devBrowserToken)
      reply.header('clerk-db-jwt', credentials.devBrowserToken);
    const body = await this.around(request, reply, known, { answer, incoming, match, isChange });
    sendAnswer(reply, answer, body);
  }

  /** Gives the caller the tokens that identity has made for it, each in the way it keeps them. */
  private applyTokens(reply: FastifyReply, { ctx, caller, reached }: FapiRequest, answer: ServiceResponse): void {
    const devBrowserToken = headerOf(answer, DEV_BROWSER_HEADER);
    if (devBrowserToken) reply.header('clerk-db-jwt', devBrowserToken);
    const token = headerOf(answer, CLIENT_HEADER);
    if (token === undefined) return;
    ctx.clientId = token ? clientIdIn(token) : undefined;
    if (caller.devBrowserId) {
      if (ctx.clientId) this.callers.remember(caller.devBrowserId, ctx.clientId);
      return;
    }
    if (ctx.isNative) reply.header('authorization', token);
    else reply.header('set-cookie', clientCookie(token, reached.fapiUrl));
  }

  /** The body for the caller: the owner's, with the client as it is now beside it where the SDKs look for it. */
  private async around(
    request: FastifyRequest,
    reply: FastifyReply,
    known: FapiRequest,
    {
      answer,
      incoming,
      match,
      isChange,
    }: { answer: ServiceResponse; incoming: Incoming; match: Match; isChange: boolean },
  ): Promise<Buffer> {
    if (!isJson(answer) || answer.body.length === 0) return answer.body;
    if (flatOperations.has(match.id) || flatPaths.test(match.path)) return answer.body;
    const hasClient = isChange && !isFocusTouch(match, incoming);
    const client = hasClient ? await this.snapshot(known) : undefined;
    if (client !== undefined) tellServers(request, reply, known, client);
    const text = JSON.stringify(client ?? null);
    if (answer.status >= 400) return client ? refusedWith(answer, text) : answer.body;
    if (answer.status >= 300) return answer.body;
    return doubledOperations.has(match.id) ? doubled(answer.body, text) : wrapped(answer.body, text);
  }

  /** The client as it is now; undefined when identity cannot tell. What has been done stays done: then the SDK reads it later. */
  private async snapshot({ ctx }: FapiRequest): Promise<ClientJSON | null | undefined> {
    if (!ctx.clientId) return null;
    try {
      return await this.identity.clientSnapshot(ctx);
    } catch (err) {
      log.warn({ err, trace_id: ctx.requestId }, 'no snapshot of the client');
      return undefined;
    }
  }
}

/** Tells the app's servers by cookie when the client has changed. In development the SDK's own script does it. */
function tellServers(
  request: FastifyRequest,
  reply: FastifyReply,
  known: FapiRequest,
  client: ClientJSON | null,
): void {
  const { ctx, reached } = known;
  if (ctx.environment === 'development' || ctx.isNative) return;
  const uat = clientUat(client);
  const { __client_uat: plain, [`__client_uat_${reached.instance.cookieSuffix}`]: suffixed } = parseCookie(
    header(request, 'cookie') ?? '',
  );
  if (plain === uat && suffixed === uat) return;
  // Who has never signed in needs no cookie that says so.
  if (uat === '0' && plain === undefined && suffixed === undefined) return;
  reply.header('set-cookie', clientUatCookies(uat, reached.instance, reached.fapiUrl, reached.isProxied));
}

/** A tab that comes to the front says so every few seconds; that changes nothing the SDK would have to read. */
const isFocusTouch = (match: Match, { body }: Incoming) =>
  match.id === 'touchSession' && body?.includes('intent=focus') === true;

/** OAuth's endpoints and the API keys have credentials of their own in `Authorization`. */
function passedOn(request: FastifyRequest, { path }: Match): Record<string, string> {
  const authorization = header(request, 'authorization');
  return authorization && /^\/(oauth|api_keys)(\/|$)/.test(path) ? { authorization } : {};
}

function headerOf({ headers }: ServiceResponse, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}
