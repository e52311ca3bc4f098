import { availableParallelism } from 'node:os';
import { hash } from '@node-rs/argon2';
import { PASSWORD_LIMIT } from '@latchkey/contracts';
import { ApiError } from '@latchkey/core';
import { importedHashers } from './imported-digests.js';

/** Hashes at once: more than the cores only lengthens every one of them (`components.md`, what things cost). */
const AT_ONCE = availableParallelism();
/** Beyond it a caller is told to come back: a queue without an end is an outage. */
const MAX_WAITING = 500;

const waiting: (() => void)[] = [];
let running = 0;

/** A digest of a password: argon2id with the parameters of OWASP's password storage sheet (19 MiB, t=2, p=1). */
export const hashPassword = (password: string): Promise<string> =>
  queued(() => hash(password, { memoryCost: 19_456, timeCost: 2, parallelism: 1 }));

/**
 * Whether a password is the one that a digest was made of; none that is longer than `PASSWORD_LIMIT` is.
 *
 * @param hasher the algorithm, as `password_hasher` of the contract names it
 */
export function verifyPassword(password: string, digest: string, hasher: string): Promise<boolean> {
  if (password.length > PASSWORD_LIMIT) return Promise.resolve(false);
  return queued(async () => (await importedHashers[hasher]?.matches(password, digest)) ?? false);
}

/** Spends the time of a verification on a password of nobody, so that an unknown account answers as slowly as a known one. */
export async function verifyNothing(password: string): Promise<void> {
  nothing ??= hashPassword('no account has this password');
  await verifyPassword(password, await nothing, 'argon2id');
}

let nothing: Promise<string> | undefined;

async function queued<T>(work: () => Promise<T>): Promise<T> {
  if (running >= AT_ONCE) {
    if (waiting.length >= MAX_WAITING) throw overloaded();
    await new Promise<void>((resolve) => waiting.push(resolve));
  } else {
    running++;
  }
  try {
    return await work();
  } finally {
    const next = waiting.shift();
    if (next) next();
    else running--;
  }
}

const overloaded = () =>
  new ApiError(
    429,
    {
      code: 'too_many_requests',
      message: 'Too many requests',
      long_message: 'Too many sign-ins at once. Try again in a moment.',
    },
    { retryAfterSeconds: 2 },
  );
