import { FormBoolean, OneTimeCode } from '@latchkey/contracts';
import { z } from 'zod';
import { PhoneNumberFormat } from './phone-number-format.js';

const Flag = z.boolean().nullish();

/** Body of BAPI `CreatePhoneNumber`. */
export const CreatePhoneNumber = z.strictObject({
  user_id: z.string().min(1),
  phone_number: PhoneNumberFormat,
  verified: Flag,
  primary: Flag,
  reserved_for_second_factor: Flag,
});
export type CreatePhoneNumber = z.output<typeof CreatePhoneNumber>;

/** Body of BAPI `UpdatePhoneNumber`. */
export const UpdatePhoneNumber = CreatePhoneNumber.omit({ user_id: true, phone_number: true });
export type UpdatePhoneNumber = z.output<typeof UpdatePhoneNumber>;

/** Body of BAPI `ReplaceUserPhoneNumber`. */
export const ReplacePhoneNumber = z.strictObject({
  phone_number: PhoneNumberFormat,
  identification_status: z
    .enum(['verified', 'reserved', 'unverified'])
    .nullish()
    .transform((status) => status ?? 'verified'),
});
export type ReplacePhoneNumber = z.output<typeof ReplacePhoneNumber>;

/** Body of FAPI `postPhoneNumbers`. */
export const AddPhoneNumber = z.strictObject({
  phone_number: PhoneNumberFormat,
  reserved_for_second_factor: FormBoolean.nullish(),
});
export type AddPhoneNumber = z.output<typeof AddPhoneNumber>;

/** Body of FAPI `sendVerificationSMS`. */
export const PreparePhoneNumber = z.strictObject({
  strategy: z.string().min(1),
  /** Of a way to send that is not offered here: accepted and not read. */
  channel: z.string().nullish(),
  proof_token: z.string().nullish(),
});
export type PreparePhoneNumber = z.output<typeof PreparePhoneNumber>;

/** Body of FAPI `UpdatePhoneNumber`. */
export const PatchPhoneNumber = z.strictObject({
  reserved_for_second_factor: FormBoolean.nullish(),
  default_second_factor: FormBoolean.nullish(),
});
export type PatchPhoneNumber = z.output<typeof PatchPhoneNumber>;

/** Body of FAPI `verifyPhoneNumber`. */
export const VerifyPhoneNumber = z.strictObject({ code: OneTimeCode });
export type VerifyPhoneNumber = z.output<typeof VerifyPhoneNumber>;

/** Body of BAPI `AttemptPhoneNumberVerification`. */
export const AttemptPhoneNumber = z.strictObject({ verification_id: z.string().min(1), code: OneTimeCode });
export type AttemptPhoneNumber = z.output<typeof AttemptPhoneNumber>;
