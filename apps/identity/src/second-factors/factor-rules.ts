import { refusal } from '@latchkey/core';
import type { InstanceSettings } from '../instances/instances.settings.js';
import type { FullUser } from '../users/users.serializer.js';

/**
 * Makes sure that a user whom the instance asks for a second factor keeps one.
 *
 * @param removed the factor that is to go
 * @throws `second_factor_deletion_not_allowed` (400)
 */
export function requireOtherFactor(
  settings: InstanceSettings,
  user: FullUser,
  removed: { phoneNumberId?: string; isTotp?: boolean },
): void {
  if (!settings.sign_in.second_factor_required && !settings.sign_up.mfa_required) return;
  const phones = user.phoneNumbers.filter((row) => row.reservedForSecondFactor);
  const isFactor = removed.isTotp
    ? user.totpVerifiedAt !== null
    : phones.some((row) => row.id === removed.phoneNumberId);
  if (!isFactor) return;
  const hasTotp = user.totpVerifiedAt !== null && !removed.isTotp;
  if (!hasTotp && !phones.some((row) => row.id !== removed.phoneNumberId)) throw secondFactorDeletionNotAllowed();
}

const secondFactorDeletionNotAllowed = () =>
  refusal(
    400,
    'second_factor_deletion_not_allowed',
    'not allowed',
    'This application requires a second factor, so the last one cannot be removed.',
  );
