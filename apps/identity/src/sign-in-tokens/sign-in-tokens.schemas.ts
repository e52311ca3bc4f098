import { z } from 'zod';

/** Ten years. */
const LONGEST_S = 315_360_000;

const LIFETIME_S = 30 * 24 * 60 * 60;

/** Body of BAPI `CreateSignInToken`. */
export const CreateSignInToken = z.strictObject({
  user_id: z.string().min(1),
  org_id: z.string().max(256).nullish(),
  expires_in_seconds: z
    .int()
    .min(1)
    .max(LONGEST_S)
    .nullish()
    .transform((seconds) => seconds ?? LIFETIME_S),
});
export type CreateSignInToken = z.output<typeof CreateSignInToken>;
