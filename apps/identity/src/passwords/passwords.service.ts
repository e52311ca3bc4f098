import { Injectable } from '@nestjs/common';
import { paramError, type ApiError } from '@latchkey/core';
import type { InstanceSettings } from '../instances/instances.settings.js';
import { isLeaked } from './leaked-passwords.js';
import { hashPassword, verifyNothing, verifyPassword } from './password-hashing.js';

const MAX_BYTES = 72;

/** Passwords: what an instance asks of them, and their digests. */
@Injectable()
export class PasswordsService {
  /**
   * The digest of a new password.
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

  /** Whether `password` is the user's; takes as long for a user without one, or for none. */
  async verify(
    user: { passwordDigest: string | null; passwordHasher: string | null } | null,
    password: string,
  ): Promise<boolean> {
    if (user?.passwordDigest) return verifyPassword(password, user.passwordDigest, user.passwordHasher ?? 'argon2id');
    await verifyNothing(password);
    return false;
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
