import { oneOrMany, pageFields } from '@latchkey/contracts';
import { z } from 'zod';

/** Query of FAPI `listOrganizationMembershipRequests`. */
export const ListMembershipRequests = z.strictObject({
  ...pageFields,
  status: oneOrMany(z.enum(['pending', 'accepted', 'revoked', 'expired'])).optional(),
});
export type ListMembershipRequests = z.output<typeof ListMembershipRequests>;
