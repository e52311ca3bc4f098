import { Injectable } from '@nestjs/common';
import { ApiError, type ErrorCode, paramError, refusal } from '@latchkey/core';
import { IdentityDb } from '../db.js';
import type { InstanceSettings } from '../instances/instances.settings.js';
import { isLeaked } from './leaked-passwords.js';
import { importedHashers } from './imported-digests.js';
import { strengthOf } from './password-strength.js';
import { SPECIAL_CHARACTERS } from './special-characters.js';
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
  passwordUpdatedAt: Date | null;
}

/** A password that was typed, hashed before the transaction in which it counts. */
export interface TriedPassword {
  text: string;
  /** Whether it is the password of its user, as they are held now. */
  isOf(held: Pick<PasswordOwner, 'passwordUpdatedAt'>): boolean;
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

  /** Tries a password that is to be judged inside a transaction, of which hashing must be no part. */
  async try(user: PasswordOwner | null, text: string): Promise<TriedPassword> {
    const isRight = await this.verify(user, text);
    const setAt = user?.passwordUpdatedAt?.getTime();
    // A password that was changed while the old one was being hashed is another password.
    return { text, isOf: (held) => isRight && held.passwordUpdatedAt?.getTime() === setAt };
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

/**
 * What is wrong with a password: every rule about its characters at once, as the UI lists them; else the first of the others.
 *
 * @param identifiers what it must not equal
 * @param param the parameter that carries it
 */
export function brokenRule(rules: Rules, password: string, identifiers: string[], param: string): ApiError | undefined {
  const refuse = (code: ErrorCode, text: string) => paramError(code, param, text, `Password ${text}.`);
  const broken = CHARACTER_RULES.flatMap(({ code, text, isBroken }) =>
    isBroken(password, rules) ? refuse(code, text(rules)).items : [],
  );
  if (broken.length) return new ApiError(422, broken);
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
  return weakness(rules, password, identifiers, param);
}

function weakness(rules: Rules, password: string, identifiers: string[], param: string): ApiError | undefined {
  if (rules.min_zxcvbn_strength === 0) return undefined;
  const { score, suggestions } = strengthOf(password, identifiers);
  if (score >= rules.min_zxcvbn_strength) return undefined;
  return refusal(
    422,
    'form_password_not_strong_enough',
    'is not strong enough',
    'Given password is not strong enough.',
    { param_name: param, zxcvbn: { suggestions } },
  );
}

interface CharacterRule {
  code: ErrorCode;
  text: (rules: Rules) => string;
  isBroken: (password: string, rules: Rules) => boolean;
}

/** Length counts characters as people see them in Unicode, not UTF-16's halves. */
const lengthOf = (password: string) => [...password].length;
const hasSpecial = (password: string) => [...password].some((character) => SPECIAL_CHARACTERS.includes(character));

const CHARACTER_RULES: CharacterRule[] = [
  {
    code: 'form_password_length_too_short',
    text: ({ min_length: min }) => `must have at least ${min} characters`,
    isBroken: (password, { min_length: min }) => lengthOf(password) < min,
  },
  {
    code: 'form_password_length_too_long',
    text: ({ max_length: max }) => `must have at most ${max} characters`,
    isBroken: (password, { max_length: max }) => lengthOf(password) > max,
  },
  {
    code: 'form_password_size_in_bytes_exceeded',
    text: () => `must have at most ${MAX_BYTES} bytes`,
    isBroken: (password, { max_length: max }) => lengthOf(password) <= max && Buffer.byteLength(password) > MAX_BYTES,
  },
  {
    code: 'form_password_no_uppercase',
    text: () => 'must have an uppercase letter',
    isBroken: (password, rules) => rules.require_uppercase && !/\p{Lu}/u.test(password),
  },
  {
    code: 'form_password_no_lowercase',
    text: () => 'must have a lowercase letter',
    isBroken: (password, rules) => rules.require_lowercase && !/\p{Ll}/u.test(password),
  },
  {
    code: 'form_password_no_number',
    text: () => 'must have a number',
    isBroken: (password, rules) => rules.require_numbers && !/\d/.test(password),
  },
  {
    code: 'form_password_no_special_char',
    text: () => 'must have a special character',
    isBroken: (password, rules) => rules.require_special_char && !hasSpecial(password),
  },
];
