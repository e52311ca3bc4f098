import { refusal } from '@latchkey/core';
import type { InstanceSettings } from '../instances/instances.settings.js';
import type { FullUser } from './users.serializer.js';

/** What an address and a number have in common. */
interface Identifier {
  id: string;
  verifiedAt: Date | null;
  reservedAs: string | null;
  createdAt: Date;
}

type Kind = 'email_address' | 'phone_number';

/** How an identifier is created: `reserved` is unproved, but signs in and is nobody else's; `unverified` does neither. */
export type IdentificationStatus = 'verified' | 'reserved' | 'unverified';

/** How many unproved addresses and numbers a user may pile up. */
const MAX_UNVERIFIED = 10;

const of = (user: FullUser, kind: Kind): Identifier[] =>
  kind === 'email_address' ? user.emailAddresses : user.phoneNumbers;

/** Whether somebody can sign in with it. */
const isUsable = (row: Identifier) => row.reservedAs !== null;

/**
 * Makes sure that a user can still sign in, and has what the instance requires, without one of their addresses or numbers.
 *
 * @throws `identification_deletion_failed`, `last_required_identification_deletion_failed` (400)
 */
export function requireRemovable(settings: InstanceSettings, user: FullUser, kind: Kind, id: string): void {
  const row = of(user, kind).find((item) => item.id === id);
  if (!row || !isUsable(row)) return;
  const remain = (rows: Identifier[]) => rows.some((item) => item.id !== id && isUsable(item));
  if (!remain(user.emailAddresses) && !remain(user.phoneNumbers) && !user.username) throw lastIdentification();
  if (settings.attributes[kind].required && !remain(of(user, kind))) throw lastRequiredIdentification();
}

/** The primary address or number once one is gone: the oldest of the proved ones takes its place. */
export function primaryWithout(rows: Identifier[], id: string, primaryId: string | null): string | null {
  if (primaryId !== id) return primaryId;
  const [next] = rows.filter((row) => row.id !== id && row.verifiedAt).sort((a, b) => +a.createdAt - +b.createdAt);
  return next?.id ?? null;
}

/** @throws `too_many_unverified_identifications` (400) */
export function requireFewUnverified(user: FullUser): void {
  const unverified = [...user.emailAddresses, ...user.phoneNumbers].filter((row) => !row.verifiedAt);
  if (unverified.length >= MAX_UNVERIFIED) throw tooManyUnverified();
}

/** @throws `immutable_attribute_modification_not_allowed` (403) where the instance lets users not change this */
export function requireMutable(settings: InstanceSettings, kind: Kind | 'username'): void {
  if (settings.attributes[kind].immutable) throw attributeImmutable(kind);
}

const lastIdentification = () =>
  refusal(
    400,
    'identification_deletion_failed',
    'deletion failed',
    'You cannot delete the last identification of an account.',
  );

const lastRequiredIdentification = () =>
  refusal(
    400,
    'last_required_identification_deletion_failed',
    'deletion failed',
    'This instance requires one of its kind: add another before you delete this one.',
  );

const tooManyUnverified = () =>
  refusal(
    400,
    'too_many_unverified_identifications',
    'too many unverified contacts',
    'You have too many addresses or numbers that are not verified. Verify or delete some first.',
  );

const attributeImmutable = (kind: string) =>
  refusal(
    403,
    'immutable_attribute_modification_not_allowed',
    'not allowed',
    'This application does not let its users change this.',
    { param_name: kind },
  );

/** Somebody else proved it first. */
export const identificationClaimed = () =>
  refusal(400, 'identification_claimed', 'already claimed', 'Somebody else has verified this in the meantime.');
