import type { PermissionJSON } from '@clerk/shared/types';
import type { DeletedObjectJSON } from '@clerk/backend';
import type { Permission } from '../generated/prisma/client.js';

/** The permission as both APIs and webhooks show it. */
export const toPermissionJSON = (row: Permission): PermissionJSON => ({
  object: 'permission',
  id: row.id,
  name: row.name,
  key: row.key,
  description: row.description,
  type: row.type as PermissionJSON['type'],
  created_at: row.createdAt.getTime(),
  updated_at: row.updatedAt.getTime(),
});

/** What remains of a deleted permission. */
export const toDeletedPermissionJSON = (row: Permission): DeletedObjectJSON => ({
  object: 'permission',
  id: row.id,
  deleted: true,
});
