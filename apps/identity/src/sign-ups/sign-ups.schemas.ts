import { EmailAddress, FormBoolean, FormObject, Metadata, OneTimeCode, TypedPassword } from '@latchkey/contracts';
import { z } from 'zod';
import { PhoneNumberFormat } from '../phone-numbers/phone-number-format.js';

const fields = {
  email_address: EmailAddress.nullish(),
  phone_number: PhoneNumberFormat.nullish(),
  username: z.string().trim().toLowerCase().nullish(),
  first_name: z.string().trim().max(256).nullish(),
  last_name: z.string().trim().max(256).nullish(),
  password: TypedPassword.nullish(),
  unsafe_metadata: FormObject.pipe(Metadata).nullish(),
  legal_accepted: FormBoolean.nullish(),
  locale: z.string().max(35).nullish(),
  /** clerk-js 6.40 sends it; the contract has no such field, and it is not kept. */
  timezone: z.string().max(64).nullish(),
  strategy: z.string().nullish(),
  ticket: z.string().nullish(),
  transfer: FormBoolean.nullish(),
  redirect_url: z.string().nullish(),
  action_complete_redirect_url: z.string().nullish(),
  channel: z.string().nullish(),
  // Bots are kept off by limits, not by a captcha: what the SDKs send along for one is accepted and not read.
  captcha_token: z.string().nullish(),
  captcha_widget_type: z.string().nullish(),
  captcha_error: z.string().nullish(),
  captcha_action: z.string().nullish(),
};

/** Body of FAPI `createSignUps`; an empty one starts anew. */
export const CreateSignUp = z.strictObject(fields);
export type CreateSignUp = z.output<typeof CreateSignUp>;

/** Body of FAPI `updateSignUps`. */
export const UpdateSignUp = CreateSignUp;
export type UpdateSignUp = CreateSignUp;

/** Body of FAPI `prepareSignUpsVerification`. */
export const PrepareSignUpVerification = z.strictObject({
  strategy: z.enum(['email_code', 'phone_code', 'email_link']),
  redirect_url: z.string().nullish(),
  action_complete_redirect_url: z.string().nullish(),
  channel: z.enum(['sms', 'whatsapp']).nullish(),
});
export type PrepareSignUpVerification = z.output<typeof PrepareSignUpVerification>;

/** Body of FAPI `attemptSignUpsVerification`. */
export const AttemptSignUpVerification = z.strictObject({
  strategy: z.enum(['email_code', 'phone_code']),
  code: OneTimeCode,
});
export type AttemptSignUpVerification = z.output<typeof AttemptSignUpVerification>;

/** Body of BAPI `UpdateSignUp`. */
export const UpdateBackendSignUp = z.strictObject({
  external_id: z.string().max(256).nullish(),
  custom_action: z.boolean().nullish(),
});
export type UpdateBackendSignUp = z.output<typeof UpdateBackendSignUp>;
