import { z } from 'zod';

/** Ten years. */
const LONGEST_S = 315_360_000;

const seconds = (normally: number) =>
  z
    .int()
    .min(1)
    .max(LONGEST_S)
    .nullish()
    .transform((value) => value ?? normally);

/** Body of BAPI `CreateActorToken`. */
export const CreateActorToken = z.strictObject({
  user_id: z.string().min(1),
  /** Who acts; the whole of it becomes the claim `act`. */
  actor: z.looseObject({ sub: z.string().min(1) }),
  expires_in_seconds: seconds(3600),
  session_max_duration_in_seconds: seconds(1800),
});
export type CreateActorToken = z.output<typeof CreateActorToken>;
