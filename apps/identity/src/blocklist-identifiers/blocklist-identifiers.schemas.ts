import { z } from 'zod';

/** Body of BAPI `CreateBlocklistIdentifier`. */
export const CreateBlocklistIdentifier = z.strictObject({ identifier: z.string().min(1).max(255) });
export type CreateBlocklistIdentifier = z.output<typeof CreateBlocklistIdentifier>;
