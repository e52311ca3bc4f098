import { z } from 'zod';

/** Body of FAPI `createSessionToken`. */
export const CreateSessionToken = z.object({
  /** Empty for the personal account; left out for the organization that is active. */
  organization_id: z.string().nullish(),
});
export type CreateSessionToken = z.output<typeof CreateSessionToken>;
