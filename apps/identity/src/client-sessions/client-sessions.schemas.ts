import { z } from 'zod';

/** Body of FAPI `createSessionToken`. */
export const CreateSessionToken = z.object({
  /** Empty for the personal account; left out for the organization that is active. */
  organization_id: z.string().nullish(),
});
export type CreateSessionToken = z.output<typeof CreateSessionToken>;

/** Body of FAPI `touchSession`. */
export const TouchSession = z.object({
  /** Id or slug; empty for the personal account, left out for no change. */
  active_organization_id: z.string().nullish(),
  intent: z.enum(['focus', 'select_session', 'select_org']).nullish(),
});
export type TouchSession = z.output<typeof TouchSession>;
