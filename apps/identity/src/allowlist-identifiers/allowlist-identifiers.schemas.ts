import { listFields } from '@latchkey/contracts';
import { z } from 'zod';

/** Body of BAPI `CreateAllowlistIdentifier`. */
export const CreateAllowlistIdentifier = z.strictObject({
  identifier: z.string().min(1).max(255),
  notify: z
    .boolean()
    .nullish()
    .transform((value) => value ?? false),
});
export type CreateAllowlistIdentifier = z.output<typeof CreateAllowlistIdentifier>;

/** Query of BAPI `ListAllowlistIdentifiers`. */
export const ListAllowlistIdentifiers = z.strictObject(listFields);
export type ListAllowlistIdentifiers = z.output<typeof ListAllowlistIdentifiers>;
