import { createHash } from 'node:crypto';
import { parsePhoneNumberFromString } from 'libphonenumber-js';
import { BASE62, idPrefixes } from '@latchkey/core';

/** What kind of identifier somebody has typed; user names and numbers have no `@`. */
export type Identifier = { kind: 'email_address' | 'phone_number' | 'username'; value: string };

/** Reads an identifier as it is stored: addresses in lower case, numbers in E.164. */
export function readIdentifier(text: string): Identifier {
  if (text.includes('@')) return { kind: 'email_address', value: text.toLowerCase() };
  const phone = /^\+[\d\s().-]+$/.test(text) ? parsePhoneNumberFromString(text) : undefined;
  if (phone?.isPossible()) return { kind: 'phone_number', value: phone.number };
  return { kind: 'username', value: text.toLowerCase() };
}

/** Enough of an address or number to be recognized by its owner, and by nobody else. */
export function mask(identifier: string): string {
  const at = identifier.lastIndexOf('@');
  if (at >= 0) return `${identifier.slice(0, 1)}*****${identifier.slice(at)}`;
  return `${identifier.slice(0, 2)}${'*'.repeat(Math.max(identifier.length - 4, 1))}${identifier.slice(-2)}`;
}

/**
 * The id that stands for an address where nobody may learn whether it belongs to somebody: the same for every caller,
 * and the same whether or not there is an account.
 *
 * @param mac the secret of the installation makes it unpredictable
 */
export function veiledId(instanceId: string, value: string, mac: (text: string) => string): string {
  const digest = createHash('sha512')
    .update(mac(`veiled id ${instanceId} ${value}`))
    .digest();
  let id = '';
  for (const byte of digest.subarray(0, KSUID_LENGTH)) id += BASE62[byte % BASE62.length]!;
  return `${idPrefixes.emailAddress}_${id}`;
}

const KSUID_LENGTH = 27;
