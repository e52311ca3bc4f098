import { z } from 'zod';

const LIFETIME_S = 30 * 24 * 60 * 60;

/** Body of BAPI `CreateSignInToken`. */
export const CreateSignInToken = z.strictObject({
  user_id: z.string().min(1),
  org_id: z.string().nullish(),
  expires_in_seconds: z
    .int()
    .min(1)
    .nullish()
    .transform((seconds) => seconds ?? LIFETIME_S),
});
export type CreateSignInToken = z.output<typeof CreateSignInToken>;
