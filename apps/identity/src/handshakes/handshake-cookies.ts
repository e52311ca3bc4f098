import { stringifySetCookie } from 'cookie';
import { getDomain } from 'tldts';

const YEAR_S = 365 * 24 * 3600;
/** Browsers keep no cookie longer. */
const LONGEST_S = 400 * 24 * 3600;

/** What the cookies of an app are written for. */
export interface CookieTarget {
  /** The page that gets them. */
  url: URL;
  isDevelopment: boolean;
  /** Behind a proxy FAPI shares the app's own host. */
  isProxied: boolean;
  /** Of the suffixed names; undefined when only plain ones are wanted. */
  suffix?: string;
}

/** Who is signed in, as the app's server is to see it. */
export interface CookieState {
  session: {
    jwt: string;
    refreshToken: string;
    /** Seconds until the session ends. */
    secondsLeft: number;
  } | null;
  /** Seconds: the last change of the client, 0 when nobody is signed in. */
  clientUat: number;
  /** Development. */
  devBrowserToken?: string;
}

/**
 * The `Set-Cookie` texts by which an app's server takes over who is signed in (`compat/tokens-and-handshake.md` 4.4). The
 * SDKs take the token from the last one whose name begins with `__session`, and split at `=`.
 */
export function handshakeDirectives(
  target: CookieTarget,
  { session, clientUat, devBrowserToken }: CookieState,
): string[] {
  const site = siteOf(target);
  // Lax in development too, where clerk-js makes its own copy strict: the page is reached by a redirect from FAPI, which is
  // another site, and a strict cookie would not come with it, so that the app's server would ask for a handshake for ever.
  const uat = { domain: site, maxAge: LONGEST_S };
  return [
    ...HANDSHAKE_COOKIES.map((name) => handshakeCookie(target, name, '')),
    ...(devBrowserToken ? pair(target, '__clerk_db_jwt', devBrowserToken, { maxAge: YEAR_S }) : []),
    ...pair(target, '__client_uat', String(clientUat), uat),
    ...(target.suffix === undefined
      ? []
      : [
          cookie(target, `__refresh_${target.suffix}`, session?.refreshToken ?? '', {
            httpOnly: true,
            maxAge: session?.secondsLeft ?? 0,
          }),
        ]),
    ...sessionDirectives(target, session?.jwt ?? ''),
  ];
}

/** The pair of cookies that carry a session token; an empty one takes them back. */
export const sessionDirectives = (target: CookieTarget, jwt: string): string[] =>
  pair(target, '__session', jwt, { maxAge: jwt ? YEAR_S : 0 });

const HANDSHAKE_COOKIES = ['__clerk_handshake', '__clerk_handshake_nonce'] as const;
/** Long enough for all requests of one page. */
const HANDSHAKE_S = 60;

/** The cookie that carries a handshake's result to the app's server, in production; an empty one takes it back. */
export function handshakeCookie(target: CookieTarget, name: (typeof HANDSHAKE_COOKIES)[number], value: string): string {
  return cookie(target, name, value, { domain: siteOf(target), maxAge: value ? HANDSHAKE_S : 0 });
}

/** The registrable domain that app and FAPI share; undefined for addresses and names like `localhost`. */
function siteOf({ url, isProxied }: CookieTarget): string | undefined {
  return isProxied ? undefined : (getDomain(url.hostname, { allowPrivateDomains: true }) ?? undefined);
}

interface Attributes {
  domain?: string;
  httpOnly?: boolean;
  maxAge: number;
}

const pair = (target: CookieTarget, name: string, value: string, attributes: Attributes) =>
  [name, ...(target.suffix === undefined ? [] : [`${name}_${target.suffix}`])].map((each) =>
    cookie(target, each, value, attributes),
  );

const cookie = ({ url }: CookieTarget, name: string, value: string, attributes: Attributes) =>
  stringifySetCookie({ name, value, path: '/', sameSite: 'lax', secure: url.protocol === 'https:', ...attributes });
