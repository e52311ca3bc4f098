import { FormBoolean, FormObject, JsonObject, Metadata, OneTimeCode, TypedPassword } from '@latchkey/contracts';
import { z } from 'zod';

/** A text that an empty field removes. */
const Removable = z
  .string()
  .trim()
  .max(256)
  .nullish()
  .transform((text) => (text === '' ? null : text));

/** Body of FAPI `patchUser`. `unsafe_metadata` is taken in API versions before 2026-05-12 only; `password` never. */
export const PatchMe = z.strictObject({
  username: Removable.transform((text) => text?.toLowerCase() ?? text),
  first_name: Removable,
  last_name: Removable,
  primary_email_address_id: z.string().nullish(),
  primary_phone_number_id: z.string().nullish(),
  primary_web3_wallet_id: z.string().nullish(),
  unsafe_metadata: FormObject.pipe(Metadata).nullish(),
  password: z.string().nullish(),
});
export type PatchMe = z.output<typeof PatchMe>;

/** Body of FAPI `patchUserMetadata`: what is merged into the document. */
export const PatchMyMetadata = z.strictObject({ unsafe_metadata: FormObject.pipe(JsonObject) });
export type PatchMyMetadata = z.output<typeof PatchMyMetadata>;

/** Body of FAPI `changePassword`. */
export const ChangePassword = z.strictObject({
  new_password: TypedPassword.min(1),
  current_password: TypedPassword.nullish(),
  sign_out_of_other_sessions: FormBoolean.nullish(),
});
export type ChangePassword = z.output<typeof ChangePassword>;

/** Body of FAPI `removePassword`. */
export const RemovePassword = z.strictObject({ current_password: TypedPassword.min(1) });
export type RemovePassword = z.output<typeof RemovePassword>;

/** Body of FAPI `verifyTOTP`. */
export const VerifyMyTotp = z.strictObject({ code: OneTimeCode.max(128) });
export type VerifyMyTotp = z.output<typeof VerifyMyTotp>;
