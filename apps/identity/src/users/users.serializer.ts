import type { EmailAddressJSON, PhoneNumberJSON, UserJSON as OwnUserJSON } from '@clerk/shared/types';
import type { DeletedObjectJSON, UserJSON } from '@clerk/backend';
import type { RawJson } from '@latchkey/core';
import type { EmailAddress, PhoneNumber, User, Verification } from '../generated/prisma/client.js';
import { toVerificationJSON } from '../verifications/verifications.serializer.js';

/** A user with everything that is shown of them. */
export type FullUser = User & {
  emailAddresses: (EmailAddress & { verification: Verification | null })[];
  phoneNumbers: (PhoneNumber & { verification: Verification | null })[];
};

/** What Prisma must read for a `FullUser`. */
export const fullUser = {
  emailAddresses: { include: { verification: true }, orderBy: { createdAt: 'asc' } },
  phoneNumbers: { include: { verification: true }, orderBy: { createdAt: 'asc' } },
} as const;

/** What showing a user depends on besides the user. */
export interface UserView {
  /** Where pictures are found: the instance's FAPI. */
  fapiUrl: string;
  now: Date;
  /** Failures after which the account is locked; null when it never is. */
  maxAttempts: number | null;
}

/** The user as BAPI answers and webhooks show them. */
export function toUserJSON(user: FullUser, view: UserView): UserJSON {
  return {
    ...common(user, view),
    private_metadata: user.privateMetadata as UserJSON['private_metadata'],
    password_last_updated_at: user.passwordUpdatedAt?.getTime() ?? null,
    banned: user.isBanned,
    locked: isLocked(user, view.now),
    lockout_expires_in_seconds: lockoutSeconds(user, view.now),
    deprovisioned: false,
    bypass_client_trust: user.bypassClientTrust,
    create_organizations_limit: user.createOrganizationsLimit,
    // Memberships are not part of it (the contract's type for them has no null): they have an operation of their own.
  } as unknown as UserJSON;
}

/** The user as FAPI shows them to themselves: no private metadata. */
export function toOwnUserJSON(user: FullUser, view: UserView, memberships: RawJson): OwnUserJSON {
  return {
    ...common(user, view),
    organization_memberships: memberships,
    // The contract has no null here; the SDK takes what is absent for unlimited.
    ...(user.createOrganizationsLimit ? { create_organizations_limit: user.createOrganizationsLimit } : {}),
    banned: user.isBanned,
    locked: isLocked(user, view.now),
    lockout_expires_in_seconds: lockoutSeconds(user, view.now),
    deprovisioned: false,
    password_last_updated_at: user.passwordUpdatedAt?.getTime() ?? null,
  } as unknown as OwnUserJSON;
}

/** What remains of a deleted user. */
export const toDeletedUserJSON = (user: Pick<User, 'id' | 'externalId'>): DeletedObjectJSON => ({
  object: 'user',
  id: user.id,
  deleted: true,
  ...(user.externalId ? { external_id: user.externalId } : {}),
});

/** An e-mail address as both APIs show it. */
export function toEmailAddressJSON(
  row: EmailAddress & { verification: Verification | null },
  now: Date,
): EmailAddressJSON {
  return {
    object: 'email_address',
    id: row.id,
    email_address: row.emailAddress,
    reserved: row.reservedAs !== null && row.verifiedAt === null,
    verification: toVerificationJSON(row.verification, now),
    linked_to: [],
    matches_sso_connection: false,
    created_at: row.createdAt.getTime(),
    updated_at: row.updatedAt.getTime(),
  } as EmailAddressJSON;
}

/** A phone number as both APIs show it. */
export function toPhoneNumberJSON(
  row: PhoneNumber & { verification: Verification | null },
  now: Date,
): PhoneNumberJSON {
  return {
    object: 'phone_number',
    id: row.id,
    phone_number: row.phoneNumber,
    reserved: row.reservedAs !== null && row.verifiedAt === null,
    reserved_for_second_factor: row.reservedForSecondFactor,
    default_second_factor: row.defaultSecondFactor,
    verification: toVerificationJSON(row.verification, now),
    linked_to: [],
    created_at: row.createdAt.getTime(),
    updated_at: row.updatedAt.getTime(),
  } as PhoneNumberJSON;
}

/** The address of a user's picture: the uploaded one, else one that is drawn from their initials. */
export function imageUrl(user: Pick<User, 'imageId' | 'firstName' | 'lastName' | 'id'>, fapiUrl: string): string {
  return user.imageId ? `${fapiUrl}/v1/images/${user.imageId}` : `${fapiUrl}/v1/images/avatar-${user.id}`;
}

/** Whether an administrator or too many failures keep the user out. */
export const isLocked = (user: User, now: Date): boolean =>
  user.isLocked || (user.lockedUntil !== null && user.lockedUntil > now);

function lockoutSeconds(user: User, now: Date): number | null {
  return user.lockedUntil && user.lockedUntil > now
    ? Math.ceil((user.lockedUntil.getTime() - now.getTime()) / 1000)
    : null;
}

/** Whether a sign-in asks for a second factor of this user. */
export const hasSecondFactor = (user: FullUser): boolean =>
  user.totpVerifiedAt !== null || user.phoneNumbers.some((row) => row.reservedForSecondFactor);

/** The start of the day, UTC: the contract shows when somebody was active no finer than that. */
const dayOf = (moment: Date | null) => moment && new Date(moment).setUTCHours(0, 0, 0, 0);

function common(user: FullUser, { fapiUrl, now, maxAttempts }: UserView) {
  const hasTotp = user.totpVerifiedAt !== null;
  const hasBackupCodes = user.backupCodeHashes.length > 0;
  return {
    object: 'user' as const,
    id: user.id,
    external_id: user.externalId,
    username: user.username,
    first_name: user.firstName,
    last_name: user.lastName,
    locale: user.locale,
    timezone: user.timezone,
    image_url: imageUrl(user, fapiUrl),
    profile_image_url: imageUrl(user, fapiUrl),
    has_image: user.imageId !== null,
    primary_email_address_id: user.primaryEmailAddressId,
    primary_phone_number_id: user.primaryPhoneNumberId,
    primary_web3_wallet_id: null,
    email_addresses: user.emailAddresses.map((row) => toEmailAddressJSON(row, now)),
    phone_numbers: user.phoneNumbers.map((row) => toPhoneNumberJSON(row, now)),
    web3_wallets: [],
    passkeys: [],
    external_accounts: [],
    enterprise_accounts: [],
    saml_accounts: [],
    password_enabled: user.passwordDigest !== null,
    totp_enabled: hasTotp,
    backup_code_enabled: hasBackupCodes,
    two_factor_enabled: hasSecondFactor(user),
    mfa_enabled_at: user.mfaEnabledAt?.getTime() ?? null,
    mfa_disabled_at: user.mfaDisabledAt?.getTime() ?? null,
    public_metadata: user.publicMetadata as Record<string, unknown>,
    unsafe_metadata: user.unsafeMetadata as Record<string, unknown>,
    create_organization_enabled: user.createOrganizationEnabled,
    delete_self_enabled: user.deleteSelfEnabled,
    legal_accepted_at: user.legalAcceptedAt?.getTime() ?? null,
    last_sign_in_at: user.lastSignInAt?.getTime() ?? null,
    last_active_at: dayOf(user.lastActiveAt),
    verification_attempts_remaining: maxAttempts === null ? null : Math.max(maxAttempts - user.failedAttempts, 0),
    created_at: user.createdAt.getTime(),
    updated_at: user.updatedAt.getTime(),
  };
}
