import {
  EmailAddress,
  FormBoolean,
  IsoMoment,
  JsonObject,
  Metadata,
  oneOrMany,
  OneTimeCode,
  pageFields,
  QueryMoment,
  TypedPassword,
} from '@latchkey/contracts';
import { z } from 'zod';
import { PhoneNumberFormat } from '../phone-numbers/phone-number-format.js';

const Text = z.string().trim().max(256);
const Flag = z.boolean().nullish();

/** A text that null and emptiness remove. */
const Removable = Text.nullish().transform((text) => (text === '' ? null : text));

const Username = z
  .string()
  .trim()
  .toLowerCase()
  .nullish()
  .transform((text) => (text === '' ? null : text));

/** Of an address or number that is created: `reserved` is unproved, but nobody else may claim it. */
const IdentificationStatus = z.enum(['verified', 'reserved']);

/** What creating and updating a user have in common. */
const profile = {
  external_id: Removable,
  first_name: Removable,
  last_name: Removable,
  locale: Removable,
  timezone: Removable,
  username: Username,
  password: TypedPassword.nullish(),
  password_digest: z.string().max(4096).nullish(),
  password_hasher: z.string().nullish(),
  skip_password_checks: Flag,
  totp_secret: z.string().trim().max(256).nullish(),
  backup_codes: z.array(z.string().min(1).max(128)).max(50).nullish(),
  delete_self_enabled: Flag,
  create_organization_enabled: Flag,
  create_organizations_limit: z.int32().min(0).nullish(),
  legal_accepted_at: IsoMoment.nullish(),
  skip_legal_checks: Flag,
  created_at: IsoMoment.nullish(),
  bypass_client_trust: Flag,
};

/** Body of BAPI `CreateUser`. */
export const CreateUser = z.strictObject({
  ...profile,
  email_address: oneOrMany(EmailAddress, 20).optional(),
  email_address_identification_status: z.array(IdentificationStatus).nullish(),
  phone_number: oneOrMany(PhoneNumberFormat, 20).optional(),
  phone_number_identification_status: z.array(IdentificationStatus).nullish(),
  web3_wallet: oneOrMany(z.string(), 20).optional(),
  skip_password_requirement: Flag,
  skip_user_requirement: Flag,
  public_metadata: Metadata.nullish(),
  private_metadata: Metadata.nullish(),
  unsafe_metadata: Metadata.nullish(),
  banned: Flag,
  locked: Flag,
});
export type CreateUser = z.output<typeof CreateUser>;

/** Body of BAPI `UpdateUser`. The three documents are taken in API versions before 2026-05-12 only. */
export const UpdateUser = z.strictObject({
  ...profile,
  primary_email_address_id: z.string().nullish(),
  notify_primary_email_address_changed: Flag,
  primary_phone_number_id: z.string().nullish(),
  primary_web3_wallet_id: z.string().nullish(),
  profile_image_id: z.string().nullish(),
  sign_out_of_other_sessions: Flag,
  public_metadata: Metadata.nullish(),
  private_metadata: Metadata.nullish(),
  unsafe_metadata: Metadata.nullish(),
});
export type UpdateUser = z.output<typeof UpdateUser>;

/** Body of BAPI `UpdateUserMetadata`: what is merged into each document. */
export const UpdateUserMetadata = z.strictObject({
  public_metadata: JsonObject.nullish(),
  private_metadata: JsonObject.nullish(),
  unsafe_metadata: JsonObject.nullish(),
});
export type UpdateUserMetadata = z.output<typeof UpdateUserMetadata>;

/** Body of BAPI `ReplaceUserMetadata`: null is stored, what is left out stays. */
export const ReplaceUserMetadata = z.strictObject({
  public_metadata: Metadata.nullable().optional(),
  private_metadata: Metadata.nullable().optional(),
  unsafe_metadata: Metadata.nullable().optional(),
});
export type ReplaceUserMetadata = z.output<typeof ReplaceUserMetadata>;

/** Body of BAPI `UsersBan` and `UsersUnban`. */
export const UserIds = z.strictObject({ user_ids: z.array(z.string()).min(1) });
export type UserIds = z.output<typeof UserIds>;

/** Body of BAPI `VerifyPassword`. */
export const VerifyPassword = z.strictObject({ password: TypedPassword.min(1) });
export type VerifyPassword = z.output<typeof VerifyPassword>;

/** Body of BAPI `VerifyTOTP`. */
export const VerifyTotp = z.strictObject({ code: OneTimeCode.max(128) });
export type VerifyTotp = z.output<typeof VerifyTotp>;

/** Body of BAPI `RemoveUserPassword`. */
export const RemoveUserPassword = z.strictObject({ sign_out_of_other_sessions: Flag });
export type RemoveUserPassword = z.output<typeof RemoveUserPassword>;

/** Body of BAPI `SetUserPasswordCompromised`. */
export const SetPasswordCompromised = z.strictObject({ revoke_all_sessions: Flag });
export type SetPasswordCompromised = z.output<typeof SetPasswordCompromised>;

/** Ids that a list is limited to, and ids that it leaves out (`-id`). */
export interface Selection {
  include: string[];
  exclude: string[];
}

/** Ids with `+` or nothing in front to include, `-` to exclude. A `+` that was not encoded arrives as a blank. */
const Selection = oneOrMany(z.string())
  .transform((ids): Selection => {
    const bare = (id: string) => id.replace(/^[+ -]/, '');
    return {
      include: ids.filter((id) => !id.startsWith('-')).map(bare),
      exclude: ids.filter((id) => id.startsWith('-')).map(bare),
    };
  })
  .optional();

const filters = {
  email_address: oneOrMany(z.string().trim().toLowerCase()).optional(),
  phone_number: oneOrMany(z.string().trim()).optional(),
  external_id: Selection,
  username: oneOrMany(z.string().trim().toLowerCase()).optional(),
  web3_wallet: oneOrMany(z.string()).optional(),
  user_id: Selection,
  organization_id: Selection,
  query: z.string().trim().optional(),
  email_address_query: z.string().trim().optional(),
  phone_number_query: z.string().trim().optional(),
  username_query: z.string().trim().optional(),
  name_query: z.string().trim().optional(),
  banned: FormBoolean.optional(),
  last_active_at_before: QueryMoment.optional(),
  last_active_at_after: QueryMoment.optional(),
  last_active_at_since: QueryMoment.optional(),
  created_at_before: QueryMoment.optional(),
  created_at_after: QueryMoment.optional(),
  last_sign_in_at_before: QueryMoment.optional(),
  last_sign_in_at_after: QueryMoment.optional(),
  provider: z.string().optional(),
  provider_user_id: oneOrMany(z.string()).optional(),
};

/** The fields that a list of users is ordered by. */
export const userOrderFields = [
  'created_at',
  'updated_at',
  'email_address',
  'web3wallet',
  'first_name',
  'last_name',
  'phone_number',
  'username',
  'last_active_at',
  'last_sign_in_at',
] as const;

const paging = {
  ...pageFields,
  starting_after: z.string().optional(),
  /** A repeated one: the first counts. */
  order_by: z
    .preprocess((value) => (Array.isArray(value) ? (value as unknown[])[0] : value), z.string())
    .transform((text) => text.replace(/^ /, '+'))
    .pipe(z.templateLiteral([z.enum(['+', '-', '']), z.enum(userOrderFields)]))
    .default('-created_at'),
};

/** Some clients mark repeated keys with `[]`. */
const withoutBrackets = (query: unknown) =>
  Object.fromEntries(
    Object.entries(query as object).map(([key, value]) => [key.replace(/\[\]$/, ''), value as unknown]),
  );

/** Query of BAPI `GetUserList`. */
export const UserListQuery = z.preprocess(withoutBrackets, z.strictObject({ ...filters, ...paging }));
export type UserListQuery = z.output<typeof UserListQuery>;

/** Query of BAPI `GetUsersCount`: the list's, whose paging is not looked at (the SDK sends one query to both). */
export const UserCountQuery = UserListQuery;

/** What narrows a list of users. */
export type UserFilters = Pick<UserListQuery, keyof typeof filters>;
