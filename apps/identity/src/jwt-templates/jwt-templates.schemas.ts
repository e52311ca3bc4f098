import { JsonObject, listFields } from '@latchkey/contracts';
import { z } from 'zod';

/** Body of BAPI `CreateJWTTemplate` and `UpdateJWTTemplate`. */
export const WriteJwtTemplate = z.strictObject({
  name: z
    .string()
    .trim()
    .min(1)
    .max(64)
    .regex(/^[\w-]+$/, { error: 'may only contain letters, digits, hyphens and underscores' }),
  claims: JsonObject,
  /** Seconds. */
  lifetime: z.int().min(30).max(315_360_000).nullish(),
  /** Seconds. */
  allowed_clock_skew: z.int().min(0).max(300).nullish(),
  custom_signing_key: z.boolean().nullish(),
  signing_algorithm: z.string().nullish(),
  signing_key: z.string().nullish(),
});
export type WriteJwtTemplate = z.output<typeof WriteJwtTemplate>;

/** Query of BAPI `ListJWTTemplates`. */
export const ListJwtTemplates = z.strictObject(listFields);
export type ListJwtTemplates = z.output<typeof ListJwtTemplates>;
