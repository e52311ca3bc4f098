import { keyedListFields } from '@latchkey/contracts';
import { z } from 'zod';

const Name = z.string().trim().min(1).max(256);
const SetKey = z
  .string()
  .max(256)
  .regex(/^role_set:[a-z0-9_]+$/, {
    error: 'must be role_set: followed by lower-case letters, digits and underscores',
  });
const RoleKeys = z.array(z.string()).min(1).max(10);

/** Query of BAPI `ListRoleSets`. */
export const ListRoleSets = z.strictObject(keyedListFields);
export type ListRoleSets = z.output<typeof ListRoleSets>;

/** Body of BAPI `CreateRoleSet`. */
export const CreateRoleSet = z.strictObject({
  name: Name,
  key: SetKey.nullish(),
  description: z.string().max(1024).nullish(),
  default_role_key: z.string(),
  creator_role_key: z.string(),
  type: z.enum(['initial', 'custom']).nullish(),
  roles: RoleKeys,
});
export type CreateRoleSet = z.output<typeof CreateRoleSet>;

/** Body of BAPI `UpdateRoleSet`. */
export const UpdateRoleSet = z.strictObject({
  name: Name.nullish(),
  key: SetKey.nullish(),
  description: z.string().max(1024).nullish(),
  type: z.enum(['initial']).nullish(),
  default_role_key: z.string().nullish(),
  creator_role_key: z.string().nullish(),
});
export type UpdateRoleSet = z.output<typeof UpdateRoleSet>;

/** Body of BAPI `AddRolesToRoleSet`. */
export const AddRoles = z.strictObject({
  role_keys: RoleKeys,
  default_role_key: z.string().nullish(),
  creator_role_key: z.string().nullish(),
});
export type AddRoles = z.output<typeof AddRoles>;

/** Body of BAPI `ReplaceRoleInRoleSet`. */
export const ReplaceRole = z.strictObject({ role_key: z.string(), to_role_key: z.string() });
export type ReplaceRole = z.output<typeof ReplaceRole>;

/** Body of BAPI `ReplaceRoleSet`. */
export const ReplaceRoleSet = z.strictObject({
  dest_role_set_key: z.string(),
  reassignment_mappings: z.record(z.string(), z.string()).nullish(),
});
export type ReplaceRoleSet = z.output<typeof ReplaceRoleSet>;

/** What identity asks for when an administrator changes the settings of organizations. */
export const ChooseInitialRoles = z.strictObject({
  creator_role_id: z.string().optional(),
  domains_default_role_id: z.string().optional(),
});
export type ChooseInitialRoles = z.output<typeof ChooseInitialRoles>;
