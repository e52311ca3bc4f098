import { paramError, type ApiError, type ErrorCode } from '@latchkey/core';
import type { InstanceSettings } from '../instances/instances.settings.js';

const LATIN = /^[\p{Script=Latin}\p{Script=Common}]+$/u;
const PLAIN = /^[\p{L}\p{N}_-]+$/u;
const EXTENDED = /^[\p{L}\p{N}_\-^$!.`#+~]+$/u;

/** The rule that a username breaks, if it breaks one (`compat/behaviours-auth.md` 1). */
export function brokenUsernameRule(settings: InstanceSettings['username'], username: string): ApiError | undefined {
  const refuse = (code: ErrorCode, text: string) => paramError(code, 'username', text, `Username ${text}.`);
  const { min_length, max_length } = settings;
  if (username.length < min_length || username.length > max_length)
    return refuse('form_username_invalid_length', `must have between ${min_length} and ${max_length} characters`);
  if (/^\+[1-9]\d{6,14}$/.test(username))
    return refuse('form_username_cannot_be_phone_number', 'must not be a phone number');
  const allowed = settings.allow_extended_special_characters ? EXTENDED : PLAIN;
  if (!LATIN.test(username) || !allowed.test(username))
    return refuse('form_username_invalid_character', 'can only contain Latin letters, numbers, - and _');
  if (!settings.allow_numeric_usernames && /^\d+$/.test(username))
    return refuse('form_username_needs_non_number_char', 'must contain a character that is not a number');
  return undefined;
}
