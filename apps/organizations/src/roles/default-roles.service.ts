import { Injectable } from '@nestjs/common';
import type { InstanceView } from '@latchkey/clients';
import { Clock, newId } from '@latchkey/core';
import { transaction } from '@latchkey/db';
import { OrganizationsDb, type Tx } from '../db.js';
import { ALL_SYSTEM_PERMISSIONS, defaultRoles, defaultRoleSet, systemPermissions } from './roles.defaults.js';

/** Gives an instance its first roles, permissions and role set, when they are first needed. */
@Injectable()
export class DefaultRolesService {
  private readonly done = new Set<string>();

  constructor(
    private readonly db: OrganizationsDb,
    private readonly clock: Clock,
  ) {}

  /** Makes what is missing. Safe to call at once from everywhere: each row is taken by whoever comes first. */
  async ensure(instance: InstanceView): Promise<void> {
    if (this.done.has(instance.id)) return;
    if (!(await this.db.roleSet.findFirst({ where: { instanceId: instance.id } })))
      await transaction(this.db, (tx) => this.create(tx, instance));
    this.done.add(instance.id);
  }

  private async create(tx: Tx, { id: instanceId, organizations: settings }: InstanceView): Promise<void> {
    const now = this.clock.now();
    await tx.permission.createMany({
      data: ALL_SYSTEM_PERMISSIONS.map((key) => ({
        id: newId('permission', now),
        instanceId,
        key,
        name: systemPermissions[key],
        type: 'system',
      })),
      skipDuplicates: true,
    });
    await tx.role.createMany({
      data: defaultRoles.map(({ key, name, description }) => ({
        id: newId('role', now),
        instanceId,
        key,
        name,
        description,
      })),
      skipDuplicates: true,
    });
    const [roles, permissions] = await Promise.all([
      idsByKey(tx.role, instanceId),
      idsByKey(tx.permission, instanceId),
    ]);
    await tx.rolePermission.createMany({
      data: defaultRoles.flatMap(({ key, permissions: keys }) =>
        keys.map((permission) => ({
          instanceId,
          roleId: roles.get(key)!,
          permissionId: permissions.get(permission)!,
        })),
      ),
      skipDuplicates: true,
    });
    const roleOr = (key: string, otherwise: string) => roles.get(key) ?? roles.get(otherwise)!;
    await tx.roleSet.createMany({
      data: {
        id: newId('roleSet', now),
        instanceId,
        ...defaultRoleSet,
        initialOf: instanceId,
        defaultRoleId: roleOr(settings.domains.default_role, 'org:member'),
        creatorRoleId: roleOr(settings.creator_role, 'org:admin'),
      },
      skipDuplicates: true,
    });
    const set = await tx.roleSet.findFirstOrThrow({ where: { instanceId, key: defaultRoleSet.key } });
    await tx.roleSetRole.createMany({
      data: [...roles.values()].map((roleId) => ({ instanceId, roleSetId: set.id, roleId })),
      skipDuplicates: true,
    });
  }
}

interface KeyedTable {
  findMany(args: { where: { instanceId: string } }): Promise<{ id: string; key: string }[]>;
}

const idsByKey = async (table: KeyedTable, instanceId: string): Promise<Map<string, string>> =>
  new Map((await table.findMany({ where: { instanceId } })).map((row) => [row.key, row.id]));
