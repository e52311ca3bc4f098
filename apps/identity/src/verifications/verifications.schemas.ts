import { z } from 'zod';

/** Body of BAPI `AttemptEmailAddressVerification` and `AttemptPhoneNumberVerification`. */
export const AttemptVerification = z.strictObject({
  verification_id: z.string().min(1),
  code: z.string().trim().min(1),
});
export type AttemptVerification = z.output<typeof AttemptVerification>;

/** Body of FAPI `verifyEmailAddress` and `verifyPhoneNumber`. */
export const VerifyIdentifier = z.strictObject({ code: z.string().trim().min(1) });
export type VerifyIdentifier = z.output<typeof VerifyIdentifier>;
