import { Injectable } from '@nestjs/common';
import { OrganizationViews } from '@latchkey/clients';
import type { RequestContext } from '@latchkey/contracts';
import { Clock, newId, notFound, paramError } from '@latchkey/core';
import { afterCommit, transaction } from '@latchkey/db';
import { Outbox } from '@latchkey/events';
import { slice, toOrderBy } from '@latchkey/http';
import { OrganizationsDb, type Tx } from '../db.js';
import { OrganizationsLookup } from '../organizations/organizations.lookup.js';
import { matching } from '../permissions/permissions.service.js';
import { defaultRoles } from './roles.defaults.js';
import {
  creatorPermissionsMissing,
  roleHasInvitations,
  roleHasMembers,
  roleIsCreatorRole,
  roleIsDefaultRole,
  roleKeyTaken,
  rolePermissionExists,
  rolePermissionMissing,
  tooManyRoles,
} from './roles.errors.js';
import { roleCreated, roleDeleted, roleUpdated } from './roles.events.js';
import type { CreateRole, ListRoles, UpdateRole } from './roles.schemas.js';
import { fullRole, isCreatorEligible, type FullRole } from './roles.serializer.js';

/** Custom roles of an instance, at most. */
export const ROLE_LIMIT = 10;

const taken = { roles_key: roleKeyTaken };

/** What members may be. */
@Injectable()
export class RolesService {
  constructor(
    private readonly db: OrganizationsDb,
    private readonly organizations: OrganizationsLookup,
    private readonly outbox: Outbox,
    private readonly views: OrganizationViews,
    private readonly clock: Clock,
  ) {}

  async list({ instanceId }: RequestContext, query: ListRoles): Promise<{ rows: FullRole[]; total: number }> {
    const where = { instanceId, ...matching(query.query) };
    const orderBy = toOrderBy(query.order_by, { created_at: 'createdAt', name: 'name', key: 'key' });
    const [rows, total] = await Promise.all([
      this.db.role.findMany({ where, include: fullRole, orderBy: [orderBy, { id: 'asc' }], ...slice(query) }),
      this.db.role.count({ where }),
    ]);
    return { rows, total };
  }

  /** The roles that an organization can give. @throws `resource_not_found` (404) */
  async listOfOrganization(ctx: RequestContext, organizationId: string, page: { limit: number; offset: number }) {
    const { instanceId } = ctx;
    const { roleSetId } = await this.organizations.require(ctx, organizationId);
    const where = { instanceId, sets: { some: { instanceId, roleSetId } } };
    const [rows, total] = await Promise.all([
      this.db.role.findMany({
        where,
        include: fullRole,
        orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
        ...slice(page),
      }),
      this.db.role.count({ where }),
    ]);
    return { rows, total };
  }

  /** @throws `resource_not_found` (404) */
  get(ctx: RequestContext, id: string): Promise<FullRole> {
    return this.requireIn(this.db, ctx, id);
  }

  /** @throws `form_identifier_exists` (422), `organization_instance_roles_quota_exceeded` (403), `resource_not_found` (404) */
  create(ctx: RequestContext, input: CreateRole): Promise<FullRole> {
    const { instanceId } = ctx;
    const write = async (tx: Tx) => {
      await lockRoles(tx, instanceId);
      const custom = { instanceId, key: { notIn: defaultRoles.map((role) => role.key) } };
      if ((await tx.role.count({ where: custom })) >= ROLE_LIMIT) throw tooManyRoles();
      const id = newId('role', this.clock.now());
      await tx.role.create({
        data: { id, instanceId, key: input.key, name: input.name, description: input.description },
      });
      await this.setPermissions(tx, ctx, id, input.permissions ?? []);
      if (input.include_in_initial_role_set) {
        const set = await tx.roleSet.findFirstOrThrow({ where: { instanceId, initialOf: instanceId } });
        await tx.roleSetRole.createMany({
          data: [{ instanceId, roleSetId: set.id, roleId: id }],
          skipDuplicates: true,
        });
      }
      const role = await this.requireIn(tx, ctx, id);
      await this.outbox.add(tx, roleCreated(ctx, role));
      return role;
    };
    return transaction(this.db, write, { taken });
  }

  /** Permissions, when sent, replace the present ones. @throws `organization_missing_creator_role_permissions`, `form_identifier_exists` (422) */
  update(ctx: RequestContext, id: string, input: UpdateRole): Promise<FullRole> {
    const write = (tx: Tx) =>
      this.change(tx, ctx, id, async () => {
        await tx.role.update({
          where: { id, instanceId: ctx.instanceId },
          data: { key: input.key ?? undefined, name: input.name ?? undefined, description: input.description },
        });
        if (!input.permissions) return;
        await tx.rolePermission.deleteMany({ where: { instanceId: ctx.instanceId, roleId: id } });
        await this.setPermissions(tx, ctx, id, input.permissions);
      });
    return transaction(this.db, write, { taken });
  }

  /** Deletes a role that nobody and nothing uses. @throws `organization_role_*` (422), `resource_not_found` (404) */
  delete(ctx: RequestContext, id: string): Promise<FullRole> {
    const { instanceId } = ctx;
    return transaction(this.db, async (tx) => {
      await lockRoles(tx, instanceId);
      // Whoever makes a member with this role waits for the lock, and then finds no role.
      await tx.$queryRaw`SELECT id FROM roles WHERE id = ${id} AND instance_id = ${instanceId} FOR UPDATE`;
      const role = await this.requireIn(tx, ctx, id);
      if (await tx.roleSet.findFirst({ where: { instanceId, creatorRoleId: id } })) throw roleIsCreatorRole();
      const standard = await tx.roleSet.findFirst({ where: { instanceId, defaultRoleId: id } });
      if (standard) throw roleIsDefaultRole();
      if (await tx.membership.findFirst({ where: { instanceId, roleId: id } })) throw roleHasMembers();
      const pending = { instanceId, roleId: id, status: 'pending' };
      if (await tx.invitation.findFirst({ where: pending })) throw roleHasInvitations();
      // Invitations of the past keep a role to show.
      const initial = await tx.roleSet.findFirstOrThrow({ where: { instanceId, initialOf: instanceId } });
      await tx.invitation.updateMany({ where: { instanceId, roleId: id }, data: { roleId: initial.defaultRoleId } });
      await tx.role.delete({ where: { id, instanceId } });
      await this.outbox.add(tx, roleDeleted(ctx, role));
      afterCommit(tx, () => this.views.rolesChanged(instanceId, id));
      return role;
    });
  }

  /** @throws `organization_role_permission_association_exists` (409), `resource_not_found` (404) */
  assign(ctx: RequestContext, id: string, permissionId: string): Promise<FullRole> {
    const { instanceId } = ctx;
    const write = (tx: Tx) =>
      this.change(tx, ctx, id, async () => {
        const known = await tx.permission.findFirst({ where: { id: permissionId, instanceId } });
        if (!known) throw notFound('organization permission', permissionId);
        const data = [{ instanceId, roleId: id, permissionId }];
        const { count } = await tx.rolePermission.createMany({ data, skipDuplicates: true });
        if (count === 0) throw rolePermissionExists();
      });
    return transaction(this.db, write);
  }

  /** @throws `organization_role_permission_association_not_found` (404), `organization_missing_creator_role_permissions` (422) */
  remove(ctx: RequestContext, id: string, permissionId: string): Promise<FullRole> {
    const { instanceId } = ctx;
    const write = (tx: Tx) =>
      this.change(tx, ctx, id, async () => {
        const { count } = await tx.rolePermission.deleteMany({ where: { instanceId, roleId: id, permissionId } });
        if (count === 0) throw rolePermissionMissing();
      });
    return transaction(this.db, write);
  }

  private async change(tx: Tx, ctx: RequestContext, id: string, work: () => Promise<void>): Promise<FullRole> {
    const { instanceId } = ctx;
    await lockRoles(tx, instanceId);
    await this.requireIn(tx, ctx, id);
    await work();
    await tx.role.update({ where: { id, instanceId }, data: {} });
    const role = await this.requireIn(tx, ctx, id);
    const isCreatorRole = await tx.roleSet.findFirst({ where: { instanceId, creatorRoleId: id } });
    if (isCreatorRole && !isCreatorEligible(role)) throw creatorPermissionsMissing();
    await this.outbox.add(tx, roleUpdated(ctx, role));
    afterCommit(tx, () => this.views.rolesChanged(instanceId, id));
    return role;
  }

  private async setPermissions(tx: Tx, { instanceId }: RequestContext, roleId: string, ids: string[]): Promise<void> {
    const wanted = [...new Set(ids)];
    const known = await tx.permission.findMany({ where: { instanceId, id: { in: wanted } } });
    const unknown = wanted.find((id) => !known.some((row) => row.id === id));
    if (unknown)
      throw paramError('form_resource_not_found', 'permissions', 'not found', `There is no permission ${unknown}.`);
    await tx.rolePermission.createMany({
      data: wanted.map((permissionId) => ({ instanceId, roleId, permissionId })),
    });
  }

  private async requireIn(db: Tx | OrganizationsDb, { instanceId }: RequestContext, id: string): Promise<FullRole> {
    const role = await db.role.findFirst({ where: { id, instanceId }, include: fullRole });
    if (!role) throw notFound('organization role', id);
    return role;
  }
}

/** Serializes changes to an instance's roles and role sets: they are rare, and lean on each other. */
export const lockRoles = (tx: Tx, instanceId: string) =>
  tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`roles:${instanceId}`}, 0))`;
