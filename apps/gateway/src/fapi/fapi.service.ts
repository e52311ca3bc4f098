import { Injectable } from '@nestjs/common';
import { IdentityClient, type ClientSnapshot, type ServiceResponse } from '@latchkey/clients';
import { log } from '@latchkey/observability';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ForwardingService, isJson, sendAnswer } from '../forwarding/forwarding.service.js';
import { clientUat } from '../clients/client-cookies.js';
import { LimitsService } from '../limits/limits.service.js';
import type { Match } from '../operations/operations.router.js';
import { parameter, type Incoming } from '../requests/incoming.js';
import { CallerTokensService } from './caller-tokens.service.js';
import { checkOrigin } from './cors.js';
import { FapiRequestsService, header, type FapiRequest, type Reached } from './fapi-requests.service.js';
import { doubled, refusedWith, wrapped } from './piggyback.js';

/** What the SDK asks for again and again while a link is awaited: an answer may be the one that begins the session. */
const POLLED = new Set(['getSignIn', 'getSignUps']);

/** Answers FAPI: forwards to the owner, and adds what the SDKs expect around its answer. */
@Injectable()
export class FapiService {
  constructor(
    private readonly requests: FapiRequestsService,
    private readonly forwarding: ForwardingService,
    private readonly limits: LimitsService,
    private readonly identity: IdentityClient,
    private readonly tokens: CallerTokensService,
  ) {}

  /** Answers a request for an operation of another service. */
  async answer(request: FastifyRequest, reply: FastifyReply, incoming: Incoming, match: Match): Promise<void> {
    // Scanners of mails ask what a link is before anybody follows it, and must not use it up.
    if (request.method === 'HEAD' && match.id === 'verify') return void reply.status(204).send();
    const known = await this.requests.identify(request, incoming, await this.requests.reach(request), match);
    const { ctx, reached } = known;
    if (!match.crossSite) await this.requireOrigin(request, incoming, known);
    await this.limits.countFapi(ctx, reached.instance, match, parameter(incoming.query, '__clerk_testing_token'));
    const answer = await this.forwarding.forward('fapi', ctx, match, incoming, passedOn(request, match));
    this.tokens.give(reply, known, answer);
    const client = carriesClient(answer, incoming, match) ? await this.snapshot(known) : undefined;
    if (client !== undefined) this.tokens.tellServers(reply, known, String(client?.uat ?? 0));
    else if (match.id === 'getClient') this.tokens.tellServers(reply, known, clientUat(asClient(known)));
    sendAnswer(reply, answer, around(answer, match, client));
  }

  /** @throws `origin_invalid`, `origin_missing`, `multiple_origin_header_values_forbidden` (400) */
  private async requireOrigin(request: FastifyRequest, incoming: Incoming, known: FapiRequest): Promise<void> {
    const { ctx, caller, reached } = known;
    const check = (by: Reached) =>
      checkOrigin({
        ...by,
        origin: ctx.origin,
        isChange: isChange(incoming),
        ridesOnCookie: caller.ridesOnCookie,
      });
    try {
      check(reached);
    } catch {
      // An administrator may have just allowed it: what is refused is refused by what identity says now.
      check(await this.requests.reachAnew(request, reached));
    }
  }

  /** The client as it is now; undefined when identity cannot tell. What has been done stays done: the SDK then reads it later. */
  private async snapshot({ ctx }: FapiRequest): Promise<ClientSnapshot | null | undefined> {
    if (!ctx.clientId) return null;
    try {
      return await this.identity.clientSnapshot(ctx);
    } catch (err) {
      log.warn({ err, trace_id: ctx.requestId }, 'no snapshot of the client');
      return undefined;
    }
  }
}

const NO_CLIENT = Buffer.from('null');

const isChange = ({ method }: Incoming) => method !== 'GET' && method !== 'HEAD';

/** Whether the SDK looks for the client in an answer: after every change, the refused ones too, and while it polls. */
const carriesClient = (answer: ServiceResponse, incoming: Incoming, match: Match) =>
  (isChange(incoming) || POLLED.has(match.id)) &&
  isJson(answer) &&
  match.shape !== 'flat' &&
  !isFocusTouch(match, incoming);

/** A tab that comes to the front says so every few seconds; that changes nothing the SDK would have to read. */
const isFocusTouch = ({ id }: Match, { body }: Incoming) =>
  id === 'touchSession' && body?.includes('intent=focus') === true;

/** The body for the caller: the owner's, with the client beside it where the SDKs look for it. */
function around(answer: ServiceResponse, match: Match, client: ClientSnapshot | null | undefined): Buffer {
  if (!isJson(answer) || match.shape === 'flat') return answer.body;
  const json = client?.json ?? NO_CLIENT;
  if (answer.status >= 400) return client ? refusedWith(answer, json) : answer.body;
  if (answer.status >= 300 || answer.body.length === 0) return answer.body;
  return match.shape === 'doubled' ? doubled(answer.body, json) : wrapped(answer.body, json);
}

/** As much of the client as cookies tell of it, from what every request reads anyway. */
const asClient = ({ caller: { state } }: FapiRequest) =>
  state ? { updated_at: state.updatedAt, sessions: state.sessions } : null;

/** OAuth's endpoints and the API keys have credentials of their own in `Authorization`. */
function passedOn(request: FastifyRequest, { auth }: Match): Record<string, string> {
  const authorization = header(request, 'authorization');
  return authorization && (auth === 'own' || auth === 'session_token') ? { authorization } : {};
}
