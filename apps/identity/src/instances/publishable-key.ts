import { createHash } from 'node:crypto';
import type { RequestContext } from '@latchkey/contracts';

type Environment = RequestContext['environment'];

/**
 * The publishable key of an instance: its kind, and where its FAPI is found.
 * Standard alphabet, unpadded: the SDKs derive cookie names from the exact text (`compat/tokens-and-handshake.md` 1.1).
 */
export function publishableKey(environment: Environment, frontendApi: string): string {
  const text = Buffer.from(`${frontendApi}$`).toString('base64').replace(/=+$/, '');
  return `${environment === 'production' ? 'pk_live_' : 'pk_test_'}${text}`;
}

/** Where the key says that FAPI is found; undefined when it is no key. */
export function frontendApiOf(key: string): string | undefined {
  const [, text] = /^pk_(?:test|live)_([A-Za-z0-9+/]+=*)$/.exec(key) ?? [];
  const decoded = text && Buffer.from(text, 'base64').toString();
  return decoded && /^[^$]*\.[^$]*\$$/.test(decoded) ? decoded.slice(0, -1) : undefined;
}

/** What the SDKs append to the names of an instance's cookies. */
export function cookieSuffix(key: string): string {
  return createHash('sha1').update(key).digest('base64').replaceAll('+', '-').replaceAll('/', '_').slice(0, 8);
}
