import type { DeletedObjectJSON } from '@clerk/backend';
import type { Role, RoleSet } from '../generated/prisma/client.js';

/** A role set with its roles. */
export type FullRoleSet = RoleSet & { roles: { role: Role }[] };

/** What Prisma must read for a `FullRoleSet`. */
export const fullRoleSet = { roles: { include: { role: true }, orderBy: { role: { createdAt: 'asc' } } } } as const;

const toItemJSON = (role: Role) => ({
  object: 'role_set_item' as const,
  id: role.id,
  name: role.name,
  key: role.key,
  description: role.description,
  created_at: role.createdAt.getTime(),
  updated_at: role.updatedAt.getTime(),
});

/** The role set as BAPI shows it. */
export function toRoleSetJSON(set: FullRoleSet) {
  const item = (id: string) => set.roles.filter(({ role }) => role.id === id).map(({ role }) => toItemJSON(role))[0];
  return {
    object: 'role_set' as const,
    id: set.id,
    name: set.name,
    key: set.key,
    description: set.description,
    roles: set.roles.map(({ role }) => toItemJSON(role)),
    default_role: item(set.defaultRoleId),
    creator_role: item(set.creatorRoleId),
    type: set.initialOf === null ? ('custom' as const) : ('initial' as const),
    created_at: set.createdAt.getTime(),
    updated_at: set.updatedAt.getTime(),
  };
}

/** What remains of a deleted role set. */
export const toDeletedRoleSetJSON = (set: Pick<RoleSet, 'id'>): DeletedObjectJSON => ({
  object: 'role_set',
  id: set.id,
  deleted: true,
});
