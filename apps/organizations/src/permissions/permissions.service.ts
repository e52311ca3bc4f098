import { Injectable } from '@nestjs/common';
import { OrganizationViews } from '@latchkey/clients';
import type { RequestContext } from '@latchkey/contracts';
import { Clock, newId, notFound, paramError, refusal } from '@latchkey/core';
import { afterCommit, containing, transaction } from '@latchkey/db';
import { Outbox } from '@latchkey/events';
import { slice, toOrderBy } from '@latchkey/http';
import { OrganizationsDb, type Tx } from '../db.js';
import type { Permission } from '../generated/prisma/client.js';
import { permissionCreated, permissionDeleted, permissionUpdated } from './permissions.events.js';
import type { CreatePermission, ListPermissions, UpdatePermission } from './permissions.schemas.js';

const keyTaken = () => paramError('form_identifier_exists', 'key', 'already taken', 'Another permission has this key.');

/** The product's own permissions are fixed. */
const notModifiable = () =>
  refusal(
    403,
    'organization_system_permission_not_modifiable',
    'system permission',
    'System permissions cannot be changed or deleted.',
  );

const taken = { permissions_key: keyTaken };

/** What roles may allow: the product's own permissions, and those of the application. */
@Injectable()
export class PermissionsService {
  constructor(
    private readonly db: OrganizationsDb,
    private readonly outbox: Outbox,
    private readonly views: OrganizationViews,
    private readonly clock: Clock,
  ) {}

  async list({ instanceId }: RequestContext, query: ListPermissions): Promise<{ rows: Permission[]; total: number }> {
    const where = { instanceId, ...matching(query.query) };
    const orderBy = toOrderBy(query.order_by, { created_at: 'createdAt', name: 'name', key: 'key' });
    const [rows, total] = await Promise.all([
      this.db.permission.findMany({ where, orderBy: [orderBy, { id: 'asc' }], ...slice(query) }),
      this.db.permission.count({ where }),
    ]);
    return { rows, total };
  }

  /** @throws `resource_not_found` (404) */
  async get({ instanceId }: RequestContext, id: string): Promise<Permission> {
    const row = await this.db.permission.findFirst({ where: { id, instanceId } });
    if (!row) throw notFound('organization permission', id);
    return row;
  }

  /** @throws `form_identifier_exists` (422) */
  create(ctx: RequestContext, input: CreatePermission): Promise<Permission> {
    const write = async (tx: Tx) => {
      const row = await tx.permission.create({
        data: {
          id: newId('permission', this.clock.now()),
          instanceId: ctx.instanceId,
          key: input.key,
          name: input.name,
          description: input.description ?? '',
          type: 'user',
        },
      });
      await this.outbox.add(tx, permissionCreated(ctx, row));
      return row;
    };
    return transaction(this.db, write, { taken });
  }

  /** @throws `organization_system_permission_not_modifiable` (403), `form_identifier_exists` (422), `resource_not_found` (404) */
  async update(ctx: RequestContext, id: string, input: UpdatePermission): Promise<Permission> {
    if ((await this.get(ctx, id)).type === 'system') throw notModifiable();
    const write = async (tx: Tx) => {
      const row = await tx.permission.update({
        where: { id, instanceId: ctx.instanceId },
        data: {
          key: input.key ?? undefined,
          name: input.name ?? undefined,
          description: input.description ?? undefined,
        },
      });
      await this.outbox.add(tx, permissionUpdated(ctx, row));
      await this.rolesChange(tx, row);
      return row;
    };
    return transaction(this.db, write, { taken });
  }

  /** Takes the permission from every role, too. @throws as `update` */
  async delete(ctx: RequestContext, id: string): Promise<Permission> {
    if ((await this.get(ctx, id)).type === 'system') throw notModifiable();
    return transaction(this.db, async (tx) => {
      const [row] = await tx.permission.findMany({ where: { id, instanceId: ctx.instanceId } });
      if (!row) throw notFound('organization permission', id);
      await this.rolesChange(tx, row);
      const { count } = await tx.permission.deleteMany({ where: { id, instanceId: ctx.instanceId } });
      if (count === 0) throw notFound('organization permission', id);
      await this.outbox.add(tx, permissionDeleted(ctx, row));
      return row;
    });
  }

  private async rolesChange(tx: Tx, { instanceId, id }: Permission): Promise<void> {
    const links = await tx.rolePermission.findMany({ where: { instanceId, permissionId: id } });
    afterCommit(tx, () => this.views.rolesChanged(instanceId, ...links.map((link) => link.roleId)));
  }
}

/** Prisma's words for a search among things with a key. */
export function matching(text: string | undefined) {
  if (!text) return {};
  const contains = containing(text);
  return { OR: [{ id: text }, { name: contains }, { key: contains }] };
}
