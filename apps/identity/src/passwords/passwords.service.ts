import { Injectable } from '@nestjs/common';
import { paramError, type ApiError } from '@latchkey/core';
import { IdentityDb } from '../db.js';
import type { InstanceSettings } from '../instances/instances.settings.js';
import { isLeaked } from './leaked-passwords.js';
import { importedHashers } from './imported-digests.js';
import { hashPassword, verifyNothing, verifyPassword } from './password-hashing.js';

const MAX_BYTES = 72;

/** How passwords that are set here are hashed. */
export const HASHER = 'argon2id';

/** A user as far as their password is concerned. */
export interface PasswordOwner {
  id: string;
  instanceId: string;
  passwordDigest: string | null;
  passwordHasher: string | null;
}

/** Passwords: what an instance asks of them, and their digests. */
@Injectable()
export class PasswordsService {
  constructor(private readonly db: IdentityDb) {}

  /**
   * The digest of a new password, by `HASHER`.
   *
   * @param identifiers what the password must not equal
   * @throws `form_password_*` (422) when it breaks a rule of the instance
   */
  async digest(
    settings: InstanceSettings,
    password: string,
    identifiers: string[],
    param = 'password',
  ): Promise<string> {
    const broken = brokenRule(settings.password, password, identifiers, param);
    if (broken) throw broken;
    return hashPassword(password);
  }

  /** The digest of a password that no rule is asked about. */
  digestUnchecked(password: string): Promise<string> {
    return hashPassword(password);
  }

  /**
   * Makes sure that a digest from elsewhere can be verified here.
   *
   * @throws `form_param_value_invalid` (422) for an algorithm that is not known here
   * @throws `form_password_digest_invalid_code` (422) for a digest without its algorithm's format
   */
  requireImportable(digest: string, hasher: string): void {
    const known = importedHashers[hasher];
    if (!known) {
      const names = Object.keys(importedHashers).join(', ');
      throw paramError('form_param_value_invalid', 'password_hasher', 'is invalid', `Use one of ${names}.`);
    }
    if (known.fits(digest)) return;
    throw paramError(
      'form_password_digest_invalid_code',
      'password_digest',
      'is invalid',
      `The digest does not have the format of ${hasher}.`,
    );
  }

  /**
   * Whether `password` is the user's; takes as long for a user without one, or for none. Not inside a transaction: it is slow.
   * A digest that was imported under an insecure algorithm is replaced once the password is known to be right.
   */
  async verify(user: PasswordOwner | null, password: string): Promise<boolean> {
    if (!user?.passwordDigest) {
      await verifyNothing(password);
      return false;
    }
    const hasher = user.passwordHasher ?? HASHER;
    const isRight = await verifyPassword(password, user.passwordDigest, hasher);
    if (isRight && importedHashers[hasher]?.isInsecure) await this.upgrade(user, password);
    return isRight;
  }

  private async upgrade({ id, instanceId, passwordDigest }: PasswordOwner, password: string): Promise<void> {
    const digest = await hashPassword(password);
    // Only what was verified is replaced: the user may just have set another password.
    await this.db.user.updateMany({
      where: { id, instanceId, passwordDigest },
      data: { passwordDigest: digest, passwordHasher: HASHER },
    });
  }
}

type Rules = InstanceSettings['password'];

/** The first rule that a password breaks. */
export function brokenRule(rules: Rules, password: string, identifiers: string[], param: string): ApiError | undefined {
  const refuse = (code: string, text: string) => paramError(code, param, text, `Password ${text}.`);
  if (password.length < rules.min_length)
    return refuse('form_password_length_too_short', `must have at least ${rules.min_length} characters`);
  if (password.length > rules.max_length)
    return refuse('form_password_length_too_long', `must have at most ${rules.max_length} characters`);
  if (Buffer.byteLength(password) > MAX_BYTES)
    return refuse('form_password_size_in_bytes_exceeded', `must have at most ${MAX_BYTES} bytes`);
  if (rules.require_uppercase && !/\p{Lu}/u.test(password))
    return refuse('form_password_no_uppercase', 'must have an uppercase letter');
  if (rules.require_lowercase && !/\p{Ll}/u.test(password))
    return refuse('form_password_no_lowercase', 'must have a lowercase letter');
  if (rules.require_numbers && !/\d/.test(password)) return refuse('form_password_no_number', 'must have a number');
  if (rules.require_special_char && !/[^\p{L}\p{N}\s]/u.test(password))
    return refuse('form_password_no_special_char', 'must have a special character');
  if (identifiers.some((text) => text.toLowerCase() === password.toLowerCase())) {
    return refuse(
      'form_password_matches_identifier',
      'must not be the same as your email address, phone number or username',
    );
  }
  if (!rules.disable_hibp && isLeaked(password)) {
    return paramError(
      'form_password_pwned',
      param,
      'has been found in a data breach',
      'This password has been found in an online data breach. For account safety, please use a different password.',
    );
  }
  return undefined;
}
