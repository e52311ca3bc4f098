import { EmailAddress, OneTimeCode } from '@latchkey/contracts';
import { z } from 'zod';

const Flag = z.boolean().nullish();

/** Body of BAPI `CreateEmailAddress`. */
export const CreateEmailAddress = z.strictObject({
  user_id: z.string().min(1),
  email_address: EmailAddress,
  verified: Flag,
  primary: Flag,
  notify_primary_email_address_changed: Flag,
});
export type CreateEmailAddress = z.output<typeof CreateEmailAddress>;

/** Body of BAPI `UpdateEmailAddress`. */
export const UpdateEmailAddress = CreateEmailAddress.omit({ user_id: true, email_address: true });
export type UpdateEmailAddress = z.output<typeof UpdateEmailAddress>;

/** Body of BAPI `ReplaceUserEmailAddress`. */
export const ReplaceEmailAddress = z.strictObject({
  email_address: EmailAddress,
  identification_status: z
    .enum(['verified', 'reserved', 'unverified'])
    .nullish()
    .transform((status) => status ?? 'verified'),
  notify_primary_email_address_changed: Flag,
});
export type ReplaceEmailAddress = z.output<typeof ReplaceEmailAddress>;

/** Body of FAPI `createEmailAddresses`. */
export const AddEmailAddress = z.strictObject({ email_address: EmailAddress });
export type AddEmailAddress = z.output<typeof AddEmailAddress>;

/** Body of FAPI `sendVerificationEmail`. */
export const PrepareEmailAddress = z.strictObject({
  strategy: z.string().min(1),
  redirect_url: z.string().nullish(),
  action_complete_redirect_url: z.string().nullish(),
});
export type PrepareEmailAddress = z.output<typeof PrepareEmailAddress>;

/** Body of FAPI `verifyEmailAddress`. */
export const VerifyEmailAddress = z.strictObject({ code: OneTimeCode });
export type VerifyEmailAddress = z.output<typeof VerifyEmailAddress>;

/** Body of BAPI `AttemptEmailAddressVerification`. */
export const AttemptEmailAddress = z.strictObject({ verification_id: z.string().min(1), code: OneTimeCode });
export type AttemptEmailAddress = z.output<typeof AttemptEmailAddress>;
