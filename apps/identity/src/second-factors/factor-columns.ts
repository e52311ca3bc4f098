import type { Prisma } from '../generated/prisma/client.js';
import type { FullUser } from '../users/users.serializer.js';

type Columns = Prisma.UserUncheckedUpdateInput;

/** The columns of a user without backup codes. */
export const withoutBackupCodes: Columns = { backupCodeHashes: [], backupCodesAt: null };

const noTotp: Columns = { totpSecret: null, totpVerifiedAt: null, totpCreatedAt: null, totpLastStep: null };

/** The columns of a user without any second factor; their phone numbers must have been freed before. */
export const noFactors = (now: Date): Columns => ({ ...noTotp, ...withoutBackupCodes, mfaDisabledAt: now });

/** The columns when the authenticator app goes. Backup codes stand in for another factor only, so they go with the last one. */
export function withoutTotp(user: FullUser, now: Date): Columns {
  if (!user.totpVerifiedAt || hasFactorPhone(user)) return noTotp;
  return noFactors(now);
}

/** The columns when a number is no second factor any more. */
export function withoutFactorPhone(user: FullUser, phoneNumberId: string, now: Date): Columns {
  const isLast = !user.totpVerifiedAt && !hasFactorPhone(user, phoneNumberId);
  return isLast ? { ...withoutBackupCodes, mfaDisabledAt: now } : {};
}

const hasFactorPhone = (user: FullUser, except?: string) =>
  user.phoneNumbers.some((row) => row.reservedForSecondFactor && row.id !== except);
