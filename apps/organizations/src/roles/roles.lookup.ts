import { Injectable } from '@nestjs/common';
import { OrganizationViews, type RoleView } from '@latchkey/clients';
import { OrganizationsDb, type Tx } from '../db.js';
import type { Organization } from '../generated/prisma/client.js';
import { roleNotAssignable } from './roles.errors.js';
import { oldRoleKeys } from './roles.defaults.js';

/** Finds roles for the features that show or give them. */
@Injectable()
export class RolesLookup {
  constructor(
    private readonly db: OrganizationsDb,
    private readonly views: OrganizationViews,
  ) {}

  /** Roles by id, with their permissions; from shared state when it holds them. */
  byId(instanceId: string, ids: readonly string[]): Promise<Map<string, RoleView>> {
    return this.views.rolesOf({ instanceId }, [...new Set(ids)], (missing) => this.load(instanceId, missing));
  }

  /** One role that is known to exist: foreign keys keep it. */
  async view(instanceId: string, id: string): Promise<RoleView> {
    return (await this.byId(instanceId, [id])).get(id)!;
  }

  /** As `byId`, as the transaction sees them: from its own connection, for another one may be long in coming. */
  async byIdIn(tx: Tx, instanceId: string, ids: readonly string[]): Promise<Map<string, RoleView>> {
    return new Map((await this.load(instanceId, [...new Set(ids)], tx)).map((role) => [role.id, role]));
  }

  /** As `view`, as the transaction sees it. */
  async viewIn(tx: Tx, instanceId: string, id: string): Promise<RoleView> {
    return (await this.byIdIn(tx, instanceId, [id])).get(id)!;
  }

  /**
   * The role of this key, as one that the organization may give.
   *
   * @throws `form_param_value_invalid` (422) when its role set does not have it
   */
  async assignable(organization: Pick<Organization, 'instanceId' | 'roleSetId'>, key: string): Promise<RoleView> {
    const { instanceId, roleSetId } = organization;
    const role = await this.db.role.findFirst({
      where: { instanceId, key: oldRoleKeys.get(key) ?? key, sets: { some: { roleSetId, instanceId } } },
    });
    if (!role) throw roleNotAssignable(key);
    return this.view(instanceId, role.id);
  }

  /** The role that an organization gives its creator. */
  async ofCreator(organization: Pick<Organization, 'instanceId' | 'roleSetId'>): Promise<RoleView> {
    const set = await this.db.roleSet.findUniqueOrThrow({
      where: { id: organization.roleSetId, instanceId: organization.instanceId },
    });
    return this.view(organization.instanceId, set.creatorRoleId);
  }

  /** The role that an organization gives to those who join by its domains or on request. */
  async ofNewcomers(organization: Pick<Organization, 'instanceId' | 'roleSetId'>): Promise<RoleView> {
    const set = await this.db.roleSet.findUniqueOrThrow({
      where: { id: organization.roleSetId, instanceId: organization.instanceId },
    });
    return this.view(organization.instanceId, set.defaultRoleId);
  }

  /** As `ofNewcomers`, as the transaction sees it. */
  async ofNewcomersIn(tx: Tx, { instanceId, roleSetId }: Organization): Promise<RoleView> {
    const set = await tx.roleSet.findUniqueOrThrow({ where: { id: roleSetId, instanceId } });
    return this.viewIn(tx, instanceId, set.defaultRoleId);
  }

  /** Roles straight from the database. */
  async load(instanceId: string, ids: string[], db: OrganizationsDb | Tx = this.db): Promise<RoleView[]> {
    const rows = await db.role.findMany({
      where: { instanceId, id: { in: ids } },
      include: { permissions: { include: { permission: true } } },
    });
    return rows.map((row) => ({
      id: row.id,
      key: row.key,
      name: row.name,
      permissions: row.permissions.map(({ permission }) => permission.key).sort(),
    }));
  }
}
