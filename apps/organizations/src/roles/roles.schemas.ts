import { keyedListFields, oneOrMany, pageFields } from '@latchkey/contracts';
import { z } from 'zod';

const Name = z.string().trim().min(1).max(256);
const RoleKey = z
  .string()
  .max(256)
  .regex(/^org:[a-z0-9_]+$/, { error: 'must be org: followed by lower-case letters, digits and underscores' });
const Description = z.string().max(1024).nullish();
const PermissionIds = z.array(z.string()).max(100).nullish();

/** Query of BAPI `ListOrganizationRoles`. */
export const ListRoles = z.strictObject(keyedListFields);
export type ListRoles = z.output<typeof ListRoles>;

/** Query of FAPI `ListOrganizationRoles`. */
export const ListOwnRoles = z.strictObject({ ...pageFields, paginated: oneOrMany(z.string()).optional() });
export type ListOwnRoles = z.output<typeof ListOwnRoles>;

/** Body of BAPI `CreateOrganizationRole`. */
export const CreateRole = z.strictObject({
  name: Name,
  key: RoleKey,
  description: Description,
  permissions: PermissionIds,
  include_in_initial_role_set: z.boolean().nullish(),
});
export type CreateRole = z.output<typeof CreateRole>;

/** Body of BAPI `UpdateOrganizationRole`. */
export const UpdateRole = z.strictObject({
  name: Name.nullish(),
  key: RoleKey.nullish(),
  description: Description,
  permissions: PermissionIds,
});
export type UpdateRole = z.output<typeof UpdateRole>;
