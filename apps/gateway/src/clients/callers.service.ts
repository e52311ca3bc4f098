import { Injectable } from '@nestjs/common';
import {
  ClientStates,
  IdentityClient,
  type ClientSession,
  type ClientState,
  type InstanceInfo,
} from '@latchkey/clients';
import type { RequestContext } from '@latchkey/contracts';
import { Clock } from '@latchkey/core';
import { LRUCache } from 'lru-cache';
import { devBrowserUnauthenticated } from '../requests/gateway-errors.js';
import { ClientTokens } from './client-tokens.js';

/** What a request brings to tell which browser or app it comes from. */
export interface Credentials {
  /** Development: `__clerk_db_jwt`. */
  devBrowserToken?: string;
  /** A mobile app's own copy of the client token. */
  nativeToken?: string;
  /** The browser's `__client` cookie. */
  cookieToken?: string;
}

/** The browser or app behind a request. */
export interface Caller {
  state?: ClientState;
  devBrowserId?: string;
  /** It was told by a cookie, which browsers send whoever asks them to. */
  ridesOnCookie: boolean;
}

/** How long a development browser is taken for the same client; a client that is gone is noticed at once. */
const BROWSER_MS = 10_000;

/** Tells browsers and apps by their tokens. One read of shared state per request. */
@Injectable()
export class CallersService {
  private readonly browserClients = new LRUCache<string, string>({ max: 10_000, ttl: BROWSER_MS });

  constructor(
    private readonly tokens: ClientTokens,
    private readonly states: ClientStates,
    private readonly identity: IdentityClient,
    private readonly clock: Clock,
  ) {}

  /**
   * The caller of a request. A client that is gone, or whose token has been replaced, counts as none.
   *
   * @param takesUnknownBrowsers the operation makes a new development browser where there is none
   * @throws `dev_browser_unauthenticated` (401) when the development browser's token is not one of the instance
   */
  async identify(
    ctx: RequestContext,
    instance: InstanceInfo,
    given: Credentials,
    takesUnknownBrowsers: boolean,
  ): Promise<Caller> {
    if (instance.environment === 'development' && given.devBrowserToken) {
      const caller = await this.byDevBrowser(ctx, instance, given.devBrowserToken);
      if (caller) return caller;
      if (!takesUnknownBrowsers) throw devBrowserUnauthenticated();
    }
    const token = given.nativeToken ?? given.cookieToken;
    if (!token) return { ridesOnCookie: false };
    const state = await this.byClientToken(ctx, instance, token);
    return { state, ridesOnCookie: state !== undefined && given.nativeToken === undefined };
  }

  /** From now on a development browser stands for this client. */
  remember(devBrowserId: string, clientId: string): void {
    this.browserClients.set(devBrowserId, clientId);
  }

  /** The session through which the caller acts: the one asked for, else the last active one; none but live ones. */
  actingSession(state: ClientState | undefined, asked: string | undefined): ClientSession | undefined {
    if (!state) return undefined;
    const now = this.clock.now().getTime();
    const live = state.sessions.filter((session) => session.expireAt > now && session.abandonAt > now);
    if (asked !== undefined) return live.find((session) => session.id === asked);
    return live.find((session) => session.id === state.lastActiveSessionId) ?? live[0];
  }

  /** The session that a session token was made for, while the token lasts: no longer than a minute past a revocation. */
  async sessionOf(instance: InstanceInfo, token = ''): Promise<Partial<RequestContext> | undefined> {
    const { sid, sub, exp, o } = (await this.tokens.verify(instance, token)) ?? {};
    const isLive = typeof exp === 'number' && exp * 1000 > this.clock.now().getTime();
    if (!isLive || typeof sid !== 'string' || typeof sub !== 'string') return undefined;
    const organizationId = (o as { id?: string } | undefined)?.id;
    return { sessionId: sid, userId: sub, ...(organizationId && { organizationId }) };
  }

  private async byDevBrowser(ctx: RequestContext, instance: InstanceInfo, token: string): Promise<Caller | undefined> {
    const devBrowserId = (await this.tokens.verify(instance, token))?.dev;
    if (typeof devBrowserId !== 'string') return undefined;
    const known = this.browserClients.get(devBrowserId);
    const state = known && (await this.stateOf(ctx, known));
    if (state) return { state, devBrowserId, ridesOnCookie: false };
    const clientId = await this.identity.devBrowserClient(ctx, devBrowserId);
    if (clientId === undefined) return undefined;
    if (clientId === null) return { devBrowserId, ridesOnCookie: false };
    this.browserClients.set(devBrowserId, clientId);
    return { state: await this.stateOf(ctx, clientId), devBrowserId, ridesOnCookie: false };
  }

  private async byClientToken(
    ctx: RequestContext,
    instance: InstanceInfo,
    token: string,
  ): Promise<ClientState | undefined> {
    const claims = await this.tokens.verify(instance, token);
    if (typeof claims?.id !== 'string') return undefined;
    const state = await this.stateOf(ctx, claims.id);
    if (!state) return undefined;
    const isCurrent = claims.rotating_token === state.rotatingToken;
    const isPrevious =
      state.previousToken !== null &&
      claims.rotating_token === state.previousToken &&
      this.clock.now().getTime() < state.previousUntil;
    return isCurrent || isPrevious ? state : undefined;
  }

  private async stateOf(ctx: RequestContext, clientId: string): Promise<ClientState | undefined> {
    return (await this.states.get(ctx, clientId, () => this.identity.clientState(ctx, clientId))) ?? undefined;
  }
}
