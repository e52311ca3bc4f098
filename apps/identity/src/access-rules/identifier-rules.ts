import { parsePhoneNumberFromString } from 'libphonenumber-js';
import { paramError } from '@latchkey/core';
import { emailBase } from './email-bases.js';

/** What an entry of the allow-list or block-list is about. */
export type IdentifierType = 'email_address' | 'phone_number' | 'web3_wallet';

/**
 * Reads an entry as it is stored: lower case, numbers in E.164.
 *
 * @throws `form_param_format_invalid` (422) for what is neither address, pattern, number nor wallet
 */
export function readEntry(text: string): { identifier: string; identifierType: IdentifierType } {
  const identifier = text.trim().toLowerCase();
  if (/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(identifier)) return { identifier, identifierType: 'email_address' };
  const phone = identifier.startsWith('+') ? parsePhoneNumberFromString(identifier) : undefined;
  if (phone?.isPossible()) return { identifier: phone.number, identifierType: 'phone_number' };
  const isWallet = /^0x[0-9a-f]{40}$/.test(identifier) || /^[1-9A-HJ-NP-Za-km-z]{32,44}$/.test(text.trim());
  if (isWallet) return { identifier, identifierType: 'web3_wallet' };
  const problem = 'must be an email address, a pattern like *@example.com, a phone number or a web3 wallet';
  throw paramError('form_param_format_invalid', 'identifier', 'is invalid', `identifier ${problem}.`);
}

/** The entries that would cover an address: itself, all of its domain, all of the domains below another. */
export function entriesCovering(address: string): string[] {
  const domain = address.slice(address.lastIndexOf('@') + 1);
  const labels = domain.split('.');
  const parents = labels.slice(1).map((_, index) => labels.slice(index + 1).join('.'));
  return [address, `*@${domain}`, ...parents.map((parent) => `*@*.${parent}`)];
}

/** The entries that would block an address: a blocked one blocks what is added to it, too. */
export function entriesBlocking(address: string): string[] {
  const [local = '', domain = ''] = address.split('@');
  const { separators } = emailBase(address);
  const end = [...local].findIndex((character) => separators.includes(character));
  return end < 0 ? entriesCovering(address) : [`${local.slice(0, end)}@${domain}`, ...entriesCovering(address)];
}
