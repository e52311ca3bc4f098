import type { InstanceInfo } from '@latchkey/clients';
import { stringifySetCookie } from 'cookie';
import { getDomain } from 'tldts';

/** Browsers keep no cookie longer. */
const LONGEST_SECONDS = 400 * 24 * 3600;

/** The cookie that makes a browser a client; an empty token takes it back. */
export function clientCookie(token: string, fapiUrl: string): string {
  return stringifySetCookie({
    name: '__client',
    value: token,
    path: '/',
    httpOnly: true,
    sameSite: 'lax',
    secure: fapiUrl.startsWith('https:'),
    maxAge: token ? LONGEST_SECONDS : 0,
  });
}

/** As much of a client as `__client_uat` is made from. */
export interface UatSource {
  /** Milliseconds. */
  updated_at: number;
  sessions: readonly unknown[];
}

/** What `__client_uat` says of a client: the second of its last change while somebody is signed in, else 0. */
export function clientUat(client: UatSource | null): string {
  return client && client.sessions.length > 0 ? String(Math.floor(client.updated_at / 1000)) : '0';
}

/** The pair of cookies that tell the app's servers when the client has changed. */
export function clientUatCookies(uat: string, instance: InstanceInfo, fapiUrl: string, isProxied: boolean): string[] {
  const { hostname, protocol } = new URL(fapiUrl);
  // Behind a proxy FAPI shares the app's own host; elsewhere the app is on another host of the same site.
  const domain = isProxied ? undefined : siteOf(hostname);
  const attributes = {
    path: '/',
    domain,
    sameSite: 'lax',
    secure: protocol === 'https:',
    maxAge: LONGEST_SECONDS,
  } as const;
  return ['__client_uat', `__client_uat_${instance.cookieSuffix}`].map((name) =>
    stringifySetCookie({ name, value: uat, ...attributes }),
  );
}

/** The registrable domain of a host; undefined for addresses and names like `localhost`. */
export const siteOf = (hostname: string): string | undefined =>
  getDomain(hostname, { allowPrivateDomains: true }) ?? undefined;
