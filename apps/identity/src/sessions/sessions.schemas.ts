import { listFields } from '@latchkey/contracts';
import { z } from 'zod';

/** Query of BAPI `GetSessionList`. */
export const ListSessions = z
  .strictObject({
    client_id: z.string().optional(),
    user_id: z.string().optional(),
    status: z.enum(['abandoned', 'active', 'ended', 'expired', 'pending', 'removed', 'replaced', 'revoked']).optional(),
    ...listFields,
  })
  .refine(({ client_id, user_id }) => client_id !== undefined || user_id !== undefined, {
    path: ['user_id'],
    error: 'must be included unless client_id is',
    params: { code: 'form_param_missing' },
  });
export type ListSessions = z.output<typeof ListSessions>;

/** Body of BAPI `createSession`. */
export const CreateSession = z.strictObject({
  user_id: z.string().min(1),
  active_organization_id: z.string().nullish(),
});
export type CreateSession = z.output<typeof CreateSession>;

/** Body of BAPI `CreateSessionToken` and `CreateSessionTokenFromTemplate`. */
export const MintSessionToken = z.strictObject({ expires_in_seconds: z.int().min(30).max(315_360_000).nullish() });
export type MintSessionToken = z.output<typeof MintSessionToken>;
