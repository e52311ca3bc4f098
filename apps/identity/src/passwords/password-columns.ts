import type { Prisma } from '../generated/prisma/client.js';

type Columns = Prisma.UserUncheckedUpdateInput;

/**
 * The columns of a user whose password is set.
 *
 * @param hasher the algorithm of the digest
 */
export const withPassword = (digest: string, hasher: string, now: Date) =>
  ({
    passwordDigest: digest,
    passwordHasher: hasher,
    passwordUpdatedAt: now,
    passwordCompromised: false,
  }) satisfies Columns;

/** The columns of a user without a password. */
export const withoutPassword: Columns = {
  passwordDigest: null,
  passwordHasher: null,
  passwordUpdatedAt: null,
  passwordCompromised: false,
};
