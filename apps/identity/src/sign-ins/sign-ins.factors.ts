import type { SignInFirstFactorJSON, SignInSecondFactorJSON } from '@clerk/shared/types';
import type { InstanceSettings } from '../instances/instances.settings.js';
import type { FullUser } from '../users/users.serializer.js';
import { mask, readIdentifier } from './sign-ins.identifiers.js';

type Attributes = InstanceSettings['attributes'];

/** The strategies by which an attribute proves who somebody is. */
export function firstFactorsOf(attribute: Attributes['email_address']): string[] {
  if (!attribute.enabled || !attribute.used_for_first_factor) return [];
  return attribute.first_factors.length ? attribute.first_factors : attribute.verifications;
}

/** What a sign-in may be begun with. */
export function supportedIdentifiers({ attributes }: InstanceSettings): string[] {
  const kinds = ['email_address', 'phone_number', 'username'] as const;
  return kinds.filter((kind) => attributes[kind].enabled && attributes[kind].used_for_first_factor);
}

/** The ways in that a user has. */
export function firstFactors(user: FullUser, { attributes }: InstanceSettings): SignInFirstFactorJSON[] {
  const emailStrategies = firstFactorsOf(attributes.email_address);
  const phoneStrategies = firstFactorsOf(attributes.phone_number);
  const emails = user.emailAddresses.filter((row) => row.reservedAs !== null);
  const phones = user.phoneNumbers.filter((row) => row.reservedAs !== null);
  const canReset = attributes.password.enabled || user.passwordDigest !== null;
  const email = (row: FullUser['emailAddresses'][number], strategy: string) => ({
    strategy,
    safe_identifier: mask(row.emailAddress),
    email_address_id: row.id,
    primary: row.id === user.primaryEmailAddressId,
  });
  const phone = (row: FullUser['phoneNumbers'][number], strategy: string) => ({
    strategy,
    safe_identifier: mask(row.phoneNumber),
    phone_number_id: row.id,
    primary: row.id === user.primaryPhoneNumberId,
    default: row.defaultSecondFactor,
  });
  return [
    ...(user.passwordDigest ? [{ strategy: 'password' }] : []),
    ...emails.flatMap((row) => emailStrategies.map((strategy) => email(row, strategy))),
    ...phones.flatMap((row) => phoneStrategies.map((strategy) => phone(row, strategy))),
    ...(canReset && emailStrategies.length ? emails.map((row) => email(row, 'reset_password_email_code')) : []),
    ...(canReset && phoneStrategies.length ? phones.map((row) => phone(row, 'reset_password_phone_code')) : []),
  ] as SignInFirstFactorJSON[];
}

/**
 * The ways in that are shown where nobody may learn whether an account exists: those of the instance, for the very
 * identifier that was typed, whoever it belongs to.
 *
 * @param id what stands for the address; see `veiledId`
 */
export function veiledFactors(
  identifier: string,
  id: string,
  { attributes }: InstanceSettings,
): SignInFirstFactorJSON[] {
  const { kind, value } = readIdentifier(identifier);
  const password = attributes.password.enabled ? [{ strategy: 'password' }] : [];
  if (kind === 'username') return password as SignInFirstFactorJSON[];
  const strategies = firstFactorsOf(attributes[kind]);
  const reset = attributes.password.enabled
    ? [kind === 'email_address' ? 'reset_password_email_code' : 'reset_password_phone_code']
    : [];
  const field = kind === 'email_address' ? 'email_address_id' : 'phone_number_id';
  const factor = (strategy: string) => ({ strategy, safe_identifier: mask(value), [field]: id, primary: true });
  return [...password, ...[...strategies, ...reset].map(factor)] as SignInFirstFactorJSON[];
}

/** What a user must prove besides. Empty when they have set nothing up. */
export function secondFactors(user: FullUser, { attributes }: InstanceSettings): SignInSecondFactorJSON[] {
  const factors = [
    ...(attributes.authenticator_app.enabled && user.totpVerifiedAt ? [{ strategy: 'totp' }] : []),
    ...(attributes.phone_number.enabled && attributes.phone_number.used_for_second_factor
      ? user.phoneNumbers
          .filter((row) => row.reservedForSecondFactor && row.verifiedAt)
          .map((row) => ({
            strategy: 'phone_code',
            safe_identifier: mask(row.phoneNumber),
            phone_number_id: row.id,
            primary: row.id === user.primaryPhoneNumberId,
            default: row.defaultSecondFactor,
          }))
      : []),
  ];
  // Backup codes stand in for another factor; on their own they are none.
  const hasBackup = factors.length > 0 && user.backupCodeHashes.length > 0;
  return [...factors, ...(hasBackup ? [{ strategy: 'backup_code' }] : [])] as SignInSecondFactorJSON[];
}
