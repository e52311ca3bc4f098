import { Injectable } from '@nestjs/common';
import type { ServiceResponse } from '@latchkey/clients';
import type { FastifyReply } from 'fastify';
import { CLIENT_HEADER, DEV_BROWSER_HEADER } from '@latchkey/contracts';
import { CallersService } from '../clients/callers.service.js';
import { clientCookie, clientUatCookies } from '../clients/client-cookies.js';
import { clientIdIn } from '../clients/client-tokens.js';
import type { FapiRequest } from './fapi-requests.service.js';

/** Gives callers what they keep of the client, each in the way it keeps it: by cookie, by header, or as a development browser. */
@Injectable()
export class CallerTokensService {
  constructor(private readonly callers: CallersService) {}

  /** Hands over the tokens that identity has made, and goes on as the client that they name. An empty one ends the client. */
  give(reply: FastifyReply, { ctx, caller, reached, credentials }: FapiRequest, answer: ServiceResponse): void {
    // Extensions forget a token that an answer does not repeat.
    const devBrowserToken =
      headerOf(answer, DEV_BROWSER_HEADER) ?? (caller.devBrowserId && credentials.devBrowserToken);
    if (devBrowserToken) reply.header('clerk-db-jwt', devBrowserToken);
    const token = headerOf(answer, CLIENT_HEADER);
    if (token === undefined) return;
    ctx.clientId = token ? clientIdIn(token) : undefined;
    if (caller.devBrowserId) {
      if (ctx.clientId) this.callers.remember(caller.devBrowserId, ctx.clientId);
    } else if (ctx.isNative) reply.header('authorization', token);
    else reply.header('set-cookie', clientCookie(token, reached.fapiUrl));
  }

  /**
   * Tells the app's servers by cookie when the client is not what the cookie says.
   *
   * @param uat what it should say (`clientUat`)
   */
  tellServers(reply: FastifyReply, { ctx, reached, cookies }: FapiRequest, uat: string): void {
    const { instance, fapiUrl, isProxied } = reached;
    if (ctx.isNative || (ctx.environment === 'development' && !isLeftToFapi(instance.frontendApi, ctx.origin))) return;
    const { __client_uat: plain, [`__client_uat_${instance.cookieSuffix}`]: suffixed } = cookies;
    if (plain === uat && suffixed === uat) return;
    // Who has never signed in needs no cookie that says so.
    if (uat === '0' && plain === undefined && suffixed === undefined) return;
    reply.header('set-cookie', clientUatCookies(uat, instance, fapiUrl, isProxied));
  }
}

/** In development clerk-js writes the cookie by itself, but on hosts below FAPI's own parent (`compat/tokens-and-handshake.md` 4.5). */
function isLeftToFapi(frontendApi: string, origin: string | undefined): boolean {
  return (
    origin !== undefined &&
    URL.canParse(origin) &&
    new URL(origin).hostname.endsWith(frontendApi.replace(/^clerk\./, ''))
  );
}

function headerOf({ headers }: ServiceResponse, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}
