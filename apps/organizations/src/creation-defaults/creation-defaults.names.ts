import { parse } from 'tldts';
import type { UserSummary } from '@latchkey/clients';
import { domainOf, isOwnable } from '../domains/domains.names.js';

/** Where there is nothing to name an organization after. */
const FALLBACK = 'My organization';

/** The domains of a user's verified addresses that belong to no mail provider, that of the primary address first. */
export const ownDomains = (user: UserSummary): string[] => [
  ...new Set(
    user.email_addresses
      .filter((row) => row.is_verified)
      .map((row) => domainOf(row.email_address))
      .filter(isOwnable),
  ),
];

/** What an organization of a user may be called: after their domain, else after themselves. */
export function nameFor({ public_user_data: user }: UserSummary, domain: string | undefined): string {
  const label = domain && parse(domain, { allowPrivateDomains: true }).domainWithoutSuffix;
  if (label) return label.split('-').filter(Boolean).map(capitalized).join(' ');
  const owner = user.first_name ?? user.last_name ?? user.username;
  return owner ? `${owner}'s organization` : FALLBACK;
}

const capitalized = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);
