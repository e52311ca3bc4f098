import { z } from 'zod';
import { iteratorFields, orderField, QueryFlag } from '../svix-api/svix-list.js';

/** An id that the caller chooses. */
export const Uid = z
  .string()
  .min(1)
  .max(256)
  .regex(/^[a-zA-Z0-9\-_.]+$/);

/** Notes of the caller: texts by name. */
export const SvixMetadata = z
  .record(z.string().max(256), z.string())
  .refine((value) => Buffer.byteLength(JSON.stringify(value)) <= 4096, { error: 'must not be larger than 4 KB' });

/** Messages per second. */
const Rate = z.int().min(1).max(65_535).nullish();
export const rateFields = { rateLimit: Rate, throttleRate: Rate };

/** The rate that was asked for, under its old or new name; undefined when neither was given. */
export const rateOf = ({ rateLimit, throttleRate }: { rateLimit?: number | null; throttleRate?: number | null }) =>
  throttleRate === undefined ? rateLimit : throttleRate;

/** Body of `application.create` and `application.update`. */
export const ApplicationIn = z.object({
  name: z.string().min(1).max(256),
  uid: Uid.nullish(),
  metadata: SvixMetadata.nullish().transform((value) => value ?? {}),
  ...rateFields,
});
export type ApplicationIn = z.output<typeof ApplicationIn>;

/** Body of `application.patch`. */
export const ApplicationPatch = z.object({
  name: z.string().min(1).max(256).optional(),
  uid: Uid.nullish(),
  metadata: SvixMetadata.optional(),
  ...rateFields,
});
export type ApplicationPatch = z.output<typeof ApplicationPatch>;

/** Query of `application.create`. */
export const CreateApplicationQuery = z.object({ get_if_exists: QueryFlag.default(false) });
export type CreateApplicationQuery = z.output<typeof CreateApplicationQuery>;

/** Query of `application.list`. */
export const ListApplications = z.object({
  ...iteratorFields,
  ...orderField,
  exclude_apps_with_no_endpoints: QueryFlag.optional(),
  exclude_apps_with_disabled_endpoints: QueryFlag.optional(),
  exclude_apps_with_svix_play_endpoints: QueryFlag.optional(),
});
export type ListApplications = z.output<typeof ListApplications>;
