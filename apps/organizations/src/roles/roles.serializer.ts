import type { RoleJSON } from '@clerk/shared/types';
import type { DeletedObjectJSON } from '@clerk/backend';
import type { Permission, Role } from '../generated/prisma/client.js';
import { toPermissionJSON } from '../permissions/permissions.serializer.js';
import { CREATOR_PERMISSIONS } from './roles.defaults.js';

/** A role with its permissions. */
export type FullRole = Role & { permissions: { permission: Permission }[] };

/** What Prisma must read for a `FullRole`. */
export const fullRole = { permissions: { include: { permission: true } } } as const;

/** Whether a role may be that of those who create organizations. */
export const isCreatorEligible = (role: FullRole): boolean =>
  CREATOR_PERMISSIONS.every((key) => role.permissions.some(({ permission }) => permission.key === key));

/** The role as BAPI answers and webhooks show it. */
export const toRoleJSON = (role: FullRole) => ({
  object: 'role' as const,
  id: role.id,
  name: role.name,
  key: role.key,
  description: role.description,
  is_creator_eligible: isCreatorEligible(role),
  permissions: role.permissions
    .map(({ permission }) => toPermissionJSON(permission))
    .sort((a, b) => (a.key < b.key ? -1 : 1)),
  created_at: role.createdAt.getTime(),
  updated_at: role.updatedAt.getTime(),
});

/** The role as FAPI shows it. */
export const toOwnRoleJSON = (role: FullRole): RoleJSON => ({
  ...toRoleJSON(role),
  description: role.description ?? '',
});

/** What remains of a deleted role. */
export const toDeletedRoleJSON = (role: Pick<Role, 'id'>): DeletedObjectJSON => ({
  object: 'role',
  id: role.id,
  deleted: true,
});
