import { FormBoolean, TypedPassword } from '@latchkey/contracts';
import { paramError } from '@latchkey/core';
import { z } from 'zod';

const text = z.string().nullish();

/** Body of FAPI `createSignIn`; an empty one starts anew. */
export const CreateSignIn = z.strictObject({
  strategy: text,
  identifier: z.string().trim().max(255).nullish(),
  password: TypedPassword.nullish(),
  ticket: text,
  token: text,
  code: text,
  transfer: FormBoolean.nullish(),
  sign_up_if_missing: FormBoolean.nullish(),
  channel: text,
  redirect_url: text,
  action_complete_redirect_url: text,
  oidc_prompt: text,
  oidc_login_hint: text,
  locale: text,
  timezone: text,
  proof_token: text,
  // Bots are kept off by limits, not by a captcha: what the SDKs send along for one is accepted and not read.
  captcha_token: text,
  captcha_widget_type: text,
  captcha_error: text,
  captcha_action: text,
});
export type CreateSignIn = z.output<typeof CreateSignIn>;

/** Body of FAPI `prepareSignInFactorOne`. */
export const PrepareSignInFactorOne = z.strictObject({
  strategy: z.string(),
  email_address_id: text,
  phone_number_id: text,
  default: FormBoolean.nullish(),
  channel: text,
  redirect_url: text,
  action_complete_redirect_url: text,
  proof_token: text,
});
export type PrepareSignInFactorOne = z.output<typeof PrepareSignInFactorOne>;

/** Body of FAPI `attemptSignInFactorOne`. */
export const AttemptSignInFactorOne = z.strictObject({
  strategy: z.string(),
  code: z.string().trim().nullish(),
  password: TypedPassword.nullish(),
  ticket: text,
});
export type AttemptSignInFactorOne = z.output<typeof AttemptSignInFactorOne>;

/** Body of FAPI `prepareSignInFactorTwo`. */
export const PrepareSignInFactorTwo = z.strictObject({
  strategy: z.string(),
  email_address_id: text,
  phone_number_id: text,
  channel: text,
  redirect_url: text,
  proof_token: text,
});
export type PrepareSignInFactorTwo = z.output<typeof PrepareSignInFactorTwo>;

/** Body of FAPI `attemptSignInFactorTwo`. */
export const AttemptSignInFactorTwo = z.strictObject({ strategy: z.string(), code: z.string().trim() });
export type AttemptSignInFactorTwo = z.output<typeof AttemptSignInFactorTwo>;

/** Body of FAPI `resetPassword`. */
export const ResetPassword = z.strictObject({
  password: TypedPassword.min(1),
  sign_out_of_other_sessions: FormBoolean.nullish(),
});
export type ResetPassword = z.output<typeof ResetPassword>;

/** A field that the chosen strategy needs. @throws `form_param_missing` (422) */
export function required(value: string | null | undefined, param: string): string {
  if (value == null) throw paramError('form_param_missing', param, 'is missing', `${param} must be included.`);
  return value;
}
