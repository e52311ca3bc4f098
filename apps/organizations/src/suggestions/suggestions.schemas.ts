import { oneOrMany, pageFields } from '@latchkey/contracts';
import { z } from 'zod';

/** Query of FAPI `getOrganizationSuggestions`. */
export const ListSuggestions = z.strictObject({
  ...pageFields,
  status: oneOrMany(z.enum(['pending', 'accepted'])).optional(),
});
export type ListSuggestions = z.output<typeof ListSuggestions>;
