import { getDomain } from 'tldts';

/** Schemes that would run code or read files in whoever follows them. */
const PROHIBITED = new Set(['javascript:', 'data:', 'vbscript:', 'file:', 'blob:', 'about:', 'view-source:', 'ftp:']);

export type RedirectVerdict = 'allowed' | 'invalid' | 'prohibited' | 'foreign';

/** Where an instance sends people back to. */
export interface RedirectRules {
  isDevelopment: boolean;
  /** Addresses of the instance itself: FAPI, the account portal, the app. */
  ownUrls: readonly string[];
  /** Origins besides, as settings have them. */
  allowedOrigins: readonly string[];
  /** Full addresses besides: the redirect URLs of the instance. */
  listed: readonly string[];
}

/**
 * Whether people may be sent to an address: in production to the instance's own site, an allowed origin or a listed
 * address; in development to any web page, since developers' addresses are many. A scheme of an app must be listed.
 */
export function judgeRedirect(text: string, rules: RedirectRules): RedirectVerdict {
  if (!URL.canParse(text)) return 'invalid';
  const url = new URL(text);
  if (PROHIBITED.has(url.protocol)) return 'prohibited';
  if (rules.listed.includes(text)) return 'allowed';
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'foreign';
  // `https://example.com@evil.test` reads like the one and leads to the other.
  if (url.username || url.password) return 'prohibited';
  if (rules.isDevelopment || rules.allowedOrigins.includes(url.origin)) return 'allowed';
  return rules.ownUrls.some((own) => isOwn(url, own)) ? 'allowed' : 'foreign';
}

/** The same host, or one of the same registrable domain; those that are shared by strangers (`vercel.app`) count as public. */
function isOwn(url: URL, own: string): boolean {
  if (!URL.canParse(own)) return false;
  const { hostname, protocol } = new URL(own);
  // Whoever sits on the network could read the session that a handshake brings to a plain http page.
  if (url.protocol === 'http:' && protocol !== 'http:') return false;
  if (url.hostname === hostname) return true;
  const site = getDomain(hostname, { allowPrivateDomains: true });
  return site !== null && site === getDomain(url.hostname, { allowPrivateDomains: true });
}

/** Whether an address can stand on the list. */
export function isListable(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username } = new URL(text);
  return !PROHIBITED.has(protocol) && username === '';
}
