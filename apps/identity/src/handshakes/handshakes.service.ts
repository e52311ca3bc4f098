import { Injectable } from '@nestjs/common';
import type { RequestContext } from '@latchkey/contracts';
import { transaction } from '@latchkey/db';
import { ClientsService } from '../clients/clients.service.js';
import { IdentityDb } from '../db.js';
import { DevBrowsersService } from '../dev-browsers/dev-browsers.service.js';
import { InstancesService, type Instance } from '../instances/instances.service.js';
import { cookieSuffix } from '../instances/publishable-key.js';
import { SigningKeysService, tokenCategory } from '../instances/signing-keys.service.js';
import { RedirectUrlsService } from '../redirect-urls/redirect-urls.service.js';
import { handshakeCookie, handshakeDirectives, type CookieTarget } from './handshake-cookies.js';
import { HandshakePayloadsService } from './handshake-payloads.service.js';
import { HandshakeStatesService } from './handshake-states.service.js';
import { invalidHandshake } from './handshakes.errors.js';
import type { HandshakeQuery } from './handshakes.schemas.js';

/** What fits into a URL or a cookie; larger payloads travel under a nonce when the SDK can fetch one. */
const LARGEST_BYTES = 2048;

/** Where a browser goes next, and with which cookies. */
export interface Redirect {
  location: string;
  cookies: string[];
  /** The development browser's token, when this has made one. */
  devBrowserToken?: string;
}

/**
 * Handshakes: an app's server, unsure who is signed in, sends the browser to FAPI, which alone knows; it comes back with the
 * app's cookies.
 */
@Injectable()
export class HandshakesService {
  constructor(
    private readonly db: IdentityDb,
    private readonly instances: InstancesService,
    private readonly clients: ClientsService,
    private readonly devBrowsers: DevBrowsersService,
    private readonly states: HandshakeStatesService,
    private readonly payloads: HandshakePayloadsService,
    private readonly redirects: RedirectUrlsService,
    private readonly signingKeys: SigningKeysService,
  ) {}

  /** @throws `invalid_handshake` (400); `prohibited_redirect_url`, `redirect_url_domain_mismatch` (422) */
  async shake(ctx: RequestContext, query: HandshakeQuery): Promise<Redirect> {
    if (!query.redirect_url || !URL.canParse(query.redirect_url))
      throw invalidHandshake('redirect_url must be a valid URL.');
    const url = await this.redirects.requireAllowed(ctx, query.redirect_url);
    if (url.protocol !== 'http:' && url.protocol !== 'https:') throw invalidHandshake('redirect_url must be a page.');
    const instance = await this.instances.require(ctx.instanceId);
    const isDevelopment = instance.environment === 'development';
    const target: CookieTarget = {
      url,
      isDevelopment,
      isProxied: new URL(ctx.fapiUrl).host === url.host,
      // An SDK that fetches by nonce knows suffixed names, whether or not it has met one yet.
      suffix:
        query.suffixed_cookies === 'false' && query.format === 'token'
          ? undefined
          : cookieSuffix(instance.publishableKey),
    };
    // The page's own requests come from there: what checks `azp` looks for its origin.
    const state = await this.states.read({ ...ctx, origin: url.origin }, query.organization_id);
    const devBrowserToken = isDevelopment ? await this.devBrowserToken(ctx) : undefined;
    const directives = handshakeDirectives(target, { ...state, devBrowserToken });
    return { ...(await this.deliver(ctx, instance, target, query, directives)), devBrowserToken };
  }

  /** Gives a browser its client's cookie again, on a visit to FAPI itself. @throws as `RedirectUrlsService.requireAllowed` */
  async touch(ctx: RequestContext, redirectUrl: string | undefined): Promise<Redirect> {
    const url = await this.redirects.requireAllowed(ctx, redirectUrl);
    await transaction(this.db, async (tx) => {
      const client = await this.clients.lock(tx, ctx);
      if (client) this.clients.renewToken(tx, ctx, client);
    });
    return { location: url.href, cookies: [] };
  }

  private async deliver(
    ctx: RequestContext,
    instance: Instance,
    target: CookieTarget,
    query: HandshakeQuery,
    directives: string[],
  ): Promise<Pick<Redirect, 'location' | 'cookies'>> {
    const isLarge = Buffer.byteLength(JSON.stringify(directives)) > LARGEST_BYTES;
    const byNonce = query.format === 'nonce' && isLarge;
    const name = byNonce ? '__clerk_handshake_nonce' : '__clerk_handshake';
    const value = byNonce
      ? await this.payloads.keep(ctx, directives)
      : await this.signingKeys.sign(instance.id, { handshake: directives }, { cat: tokenCategory.internal });
    if (!target.isDevelopment) return { location: target.url.href, cookies: [handshakeCookie(target, name, value)] };
    // App and FAPI are on different sites: no cookie of one reaches the other.
    return { location: withParameter(target.url, name, value), cookies: [] };
  }

  private async devBrowserToken(ctx: RequestContext): Promise<string> {
    if (ctx.devBrowserId) return this.devBrowsers.token(ctx, ctx.devBrowserId);
    return (await this.devBrowsers.create(ctx, ctx.clientId)).token;
  }
}

/** The address with one more parameter; what stands in its query already stays as it is written. */
function withParameter(url: URL, name: string, value: string): string {
  const longer = new URL(url);
  longer.search = `${url.search}${url.search ? '&' : '?'}${name}=${encodeURIComponent(value)}`;
  return longer.href;
}
