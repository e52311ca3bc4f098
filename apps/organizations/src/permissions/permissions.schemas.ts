import { keyedListFields } from '@latchkey/contracts';
import { z } from 'zod';

const Name = z.string().trim().min(1).max(256);
const PermissionKey = z
  .string()
  .max(256)
  .regex(/^org:[a-z0-9_]+:[a-z0-9_]+$/, { error: 'must look like org:feature:action' })
  .refine((key) => !key.startsWith('org:sys_'), { error: 'must not begin with org:sys_' });

/** Query of BAPI `ListOrganizationPermissions`. */
export const ListPermissions = z.strictObject(keyedListFields);
export type ListPermissions = z.output<typeof ListPermissions>;

/** Body of BAPI `CreateOrganizationPermission`. */
export const CreatePermission = z.strictObject({
  name: Name,
  key: PermissionKey,
  description: z.string().max(1024).nullish(),
});
export type CreatePermission = z.output<typeof CreatePermission>;

/** Body of BAPI `UpdateOrganizationPermission`. */
export const UpdatePermission = z.strictObject({
  name: Name.nullish(),
  key: PermissionKey.nullish(),
  description: z.string().max(1024).nullish(),
});
export type UpdatePermission = z.output<typeof UpdatePermission>;
