import type { SignUp, Verification } from '../generated/prisma/client.js';
import type { InstanceSettings } from '../instances/instances.settings.js';

/** A sign-up with its proofs. */
export interface SignUpState {
  signUp: SignUp;
  emailVerification: Verification | null;
  phoneVerification: Verification | null;
}

/** What an instance asks of a sign-up, and what it still lacks. Names are the contract's. */
export interface Requirements {
  required_fields: string[];
  optional_fields: string[];
  missing_fields: string[];
  unverified_fields: string[];
}

const VALUES = {
  email_address: (row: SignUp) => row.emailAddress,
  phone_number: (row: SignUp) => row.phoneNumber,
  username: (row: SignUp) => row.username,
  first_name: (row: SignUp) => row.firstName,
  last_name: (row: SignUp) => row.lastName,
  password: (row: SignUp) => row.passwordDigest,
} as const;

type Field = keyof typeof VALUES;

/** What is required of, and still missing from, a sign-up (`compat/fapi-flows.md` 7.4). */
export function requirementsOf(
  settings: InstanceSettings,
  { signUp, emailVerification, phoneVerification }: SignUpState,
): Requirements {
  const fields = Object.keys(VALUES) as Field[];
  const required = fields.filter(
    (field) => settings.attributes[field].enabled && settings.attributes[field].required,
  ) as string[];
  const optional = fields.filter(
    (field) => settings.attributes[field].enabled && !settings.attributes[field].required,
  ) as string[];
  const missing: string[] = required.filter((field) => !VALUES[field as Field](signUp));
  const identifiers = (['email_address', 'phone_number', 'username'] as const).filter(
    (field) => settings.attributes[field].enabled,
  );
  // Where every identifier is optional one of them is needed all the same: a user without any could never come back.
  if (identifiers[0] && !identifiers.some((field) => required.includes(field) || VALUES[field](signUp)))
    missing.unshift(identifiers[0]);
  if (settings.sign_up.legal_consent_enabled) {
    required.push('legal_accepted');
    if (!signUp.legalAcceptedAt) missing.push('legal_accepted');
  }
  const unverified = [
    ...unproved('email_address', signUp.emailAddress, emailVerification, settings),
    ...unproved('phone_number', signUp.phoneNumber, phoneVerification, settings),
  ];
  return {
    required_fields: required,
    optional_fields: optional,
    missing_fields: missing,
    unverified_fields: unverified,
  };
}

function unproved(
  field: 'email_address' | 'phone_number',
  value: string | null,
  proof: Verification | null,
  settings: InstanceSettings,
): string[] {
  return value && settings.attributes[field].verify_at_sign_up && proof?.status !== 'verified' ? [field] : [];
}
