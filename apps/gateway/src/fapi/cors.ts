import type { InstanceInfo } from '@latchkey/clients';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { siteOf } from '../clients/client-cookies.js';
import { originInvalid, originMissing, severalOrigins } from '../requests/gateway-errors.js';

/** What browsers may read of an answer beside its body. */
const EXPOSED = 'Authorization, Clerk-Db-Jwt, x-country, Retry-After, Clerk-Trace-Id';
const METHODS = 'GET, POST, PUT, PATCH, DELETE, OPTIONS';
const ALLOWED_HEADERS = 'authorization, content-type, clerk-api-version, x-mobile, x-expo-sdk-version';
const PREFLIGHT_SECONDS = '7200';

/**
 * Lets the page that asks read the answer, errors included: the SDK would take an unreadable one for a lost network.
 * Whether its origin may ask at all is decided by `checkOrigin`.
 */
export function addCorsHeaders(request: FastifyRequest, reply: FastifyReply): void {
  reply.header('vary', 'Origin');
  const { origin } = request.headers;
  if (origin === undefined) return;
  reply.header('access-control-allow-origin', origin);
  reply.header('access-control-allow-credentials', 'true');
  reply.header('access-control-expose-headers', EXPOSED);
}

/** Answers the question that browsers ask before a request that no form could send. */
export function sendPreflight(reply: FastifyReply): void {
  reply.header('access-control-allow-methods', METHODS);
  reply.header('access-control-allow-headers', ALLOWED_HEADERS);
  reply.header('access-control-max-age', PREFLIGHT_SECONDS);
  void reply.status(204).send();
}

/** What decides about a request's origin. */
export interface OriginCheck {
  instance: InstanceInfo;
  fapiUrl: string;
  origin: string | undefined;
  isChange: boolean;
  /** The browser was told by a cookie, which it sends whichever page has asked it to. */
  ridesOnCookie: boolean;
}

/**
 * Refuses pages of other sites. In development the client's token is explicit, so any page may bring it.
 *
 * @throws `origin_invalid`, `origin_missing`, `multiple_origin_header_values_forbidden` (400)
 */
export function checkOrigin({ instance, fapiUrl, origin, isChange, ridesOnCookie }: OriginCheck): void {
  if (origin?.includes(',')) throw severalOrigins();
  if (instance.environment === 'development' && !ridesOnCookie) {
    if (origin !== undefined && !/^([a-z][a-z0-9+.-]*:\/\/|null$)/i.test(origin)) throw originInvalid();
    return;
  }
  if (origin === undefined) {
    if (isChange && ridesOnCookie) throw originMissing();
    return;
  }
  if (!isAllowed(origin, instance, fapiUrl)) throw originInvalid();
}

function isAllowed(origin: string, instance: InstanceInfo, fapiUrl: string): boolean {
  if (instance.allowedOrigins.includes(origin)) return true;
  if (!URL.canParse(origin)) return false;
  const { protocol, hostname } = new URL(origin);
  const { protocol: ownProtocol, hostname: own } = new URL(fapiUrl);
  // Whoever sits on the network can answer for a plain http page of the site.
  if (protocol !== ownProtocol) return false;
  const site = siteOf(own);
  return hostname === own || (site !== undefined && (hostname === site || hostname.endsWith(`.${site}`)));
}
