import { Injectable } from '@nestjs/common';
import { OrganizationViews } from '@latchkey/clients';
import type { RequestContext } from '@latchkey/contracts';
import { Clock, newId, notFound } from '@latchkey/core';
import { afterCommit, transaction } from '@latchkey/db';
import { slice, toOrderBy } from '@latchkey/http';
import { OrganizationsDb, type Tx } from '../db.js';
import { matching } from '../permissions/permissions.service.js';
import { creatorPermissionsMissing } from '../roles/roles.errors.js';
import { fullRole, isCreatorEligible, type FullRole } from '../roles/roles.serializer.js';
import { lockRoles } from '../roles/roles.service.js';
import { RoleReassignmentsService } from './role-reassignments.service.js';
import {
  initialSetNotDeletable,
  mappingInvalid,
  mappingsMissing,
  notInSet,
  roleSetKeyTaken,
  tooManyRoleSets,
  unknownRole,
} from './role-sets.errors.js';
import type {
  AddRoles,
  CreateRoleSet,
  ListRoleSets,
  ReplaceRole,
  ReplaceRoleSet,
  UpdateRoleSet,
} from './role-sets.schemas.js';
import { fullRoleSet, type FullRoleSet } from './role-sets.serializer.js';

/** Role sets of an instance, at most. */
export const SET_LIMIT = 10;
const taken = { role_sets_key: roleSetKeyTaken };

/** Which roles organizations can give. Changes are rare and lean on each other, so they happen one after the other. */
@Injectable()
export class RoleSetsService {
  constructor(
    private readonly db: OrganizationsDb,
    private readonly reassignments: RoleReassignmentsService,
    private readonly views: OrganizationViews,
    private readonly clock: Clock,
  ) {}

  async list({ instanceId }: RequestContext, query: ListRoleSets): Promise<{ rows: FullRoleSet[]; total: number }> {
    const where = { instanceId, ...matching(query.query) };
    const orderBy = toOrderBy(query.order_by, { created_at: 'createdAt', name: 'name', key: 'key' });
    const [rows, total] = await Promise.all([
      this.db.roleSet.findMany({ where, include: fullRoleSet, orderBy: [orderBy, { id: 'asc' }], ...slice(query) }),
      this.db.roleSet.count({ where }),
    ]);
    return { rows, total };
  }

  /** @throws `resource_not_found` (404) */
  get(ctx: RequestContext, keyOrId: string): Promise<FullRoleSet> {
    return requireSet(this.db, ctx, keyOrId);
  }

  /** @throws `form_identifier_exists`, `form_resource_not_found`, `form_param_value_invalid` (422), `organization_instance_role_sets_quota_exceeded` (403) */
  create(ctx: RequestContext, input: CreateRoleSet): Promise<FullRoleSet> {
    const { instanceId } = ctx;
    return this.change(ctx, async (tx) => {
      if ((await tx.roleSet.count({ where: { instanceId } })) >= SET_LIMIT) throw tooManyRoleSets();
      const roles = await requireRoles(tx, ctx, 'roles', input.roles);
      const id = newId('roleSet', this.clock.now());
      if (input.type === 'initial') await dethrone(tx, instanceId);
      await tx.roleSet.create({
        data: {
          id,
          instanceId,
          key: input.key ?? `role_set:${keyOf(input.name)}`,
          name: input.name,
          description: input.description,
          initialOf: input.type === 'initial' ? instanceId : null,
          defaultRoleId: among(roles, 'default_role_key', input.default_role_key).id,
          creatorRoleId: eligible(among(roles, 'creator_role_key', input.creator_role_key)).id,
        },
      });
      await tx.roleSetRole.createMany({ data: roles.map((role) => ({ instanceId, roleSetId: id, roleId: role.id })) });
      return requireSet(tx, ctx, id);
    });
  }

  /** Making a set the initial one makes the old one custom. @throws as `create`, `resource_not_found` (404) */
  update(ctx: RequestContext, keyOrId: string, input: UpdateRoleSet): Promise<FullRoleSet> {
    return this.change(ctx, async (tx) => {
      const { instanceId } = ctx;
      const { id, initialOf } = await requireSet(tx, ctx, keyOrId);
      if (input.type === 'initial' && initialOf === null) await dethrone(tx, instanceId);
      await tx.roleSet.update({
        where: { id, instanceId },
        data: {
          name: input.name ?? undefined,
          key: input.key ?? undefined,
          description: input.description,
          initialOf: input.type === 'initial' ? instanceId : undefined,
          ...(await this.pointers(tx, ctx, id, input)),
        },
      });
      return requireSet(tx, ctx, id);
    });
  }

  /** @throws `form_resource_not_found` (422), `resource_not_found` (404) */
  addRoles(ctx: RequestContext, keyOrId: string, input: AddRoles): Promise<FullRoleSet> {
    return this.change(ctx, async (tx) => {
      const { instanceId } = ctx;
      const { id } = await requireSet(tx, ctx, keyOrId);
      const roles = await requireRoles(tx, ctx, 'role_keys', input.role_keys);
      await tx.roleSetRole.createMany({
        data: roles.map((role) => ({ instanceId, roleSetId: id, roleId: role.id })),
        skipDuplicates: true,
      });
      await tx.roleSet.update({ where: { id, instanceId }, data: await this.pointers(tx, ctx, id, input) });
      return requireSet(tx, ctx, id);
    });
  }

  /** Takes a role out of a set; whoever holds it gets the other one. @throws `form_param_value_invalid` (422), `resource_not_found` (404) */
  async replaceRole(ctx: RequestContext, keyOrId: string, input: ReplaceRole): Promise<FullRoleSet> {
    const cause = await this.reassignments.cause(ctx);
    return this.change(ctx, async (tx) => {
      const { instanceId } = ctx;
      const set = await requireSet(tx, ctx, keyOrId);
      const from = set.roles.find(({ role }) => role.key === input.role_key)?.role;
      if (!from) throw notInSet('role_key', input.role_key);
      const [to] = await requireRoles(tx, ctx, 'to_role_key', [input.to_role_key]);
      if (set.creatorRoleId === from.id) eligible(to!);
      await tx.roleSetRole.createMany({
        data: [{ instanceId, roleSetId: set.id, roleId: to!.id }],
        skipDuplicates: true,
      });
      if (from.id !== to!.id) await this.reassignments.run(tx, cause, set.id, new Map([[from.id, to!.id]]));
      await tx.roleSet.update({
        where: { id: set.id, instanceId },
        data: {
          ...(set.defaultRoleId === from.id && { defaultRoleId: to!.id }),
          ...(set.creatorRoleId === from.id && { creatorRoleId: to!.id }),
        },
      });
      if (from.id !== to!.id)
        await tx.roleSetRole.deleteMany({ where: { instanceId, roleSetId: set.id, roleId: from.id } });
      return requireSet(tx, ctx, set.id);
    });
  }

  /**
   * Moves every organization of a set to another one, and deletes the set.
   *
   * @throws `organization_role_set_reassignment_mappings_missing`, `organization_role_set_reassignment_mappings_invalid` (422),
   * `cannot_delete_initial_role_set` (403), `resource_not_found` (404)
   */
  async replace(ctx: RequestContext, keyOrId: string, input: ReplaceRoleSet): Promise<FullRoleSet> {
    const cause = await this.reassignments.cause(ctx);
    return this.change(ctx, async (tx) => {
      const { instanceId } = ctx;
      const source = await requireSet(tx, ctx, keyOrId);
      if (source.initialOf !== null) throw initialSetNotDeletable();
      const target = await requireSet(tx, ctx, input.dest_role_set_key);
      const mappings = await this.mappings(tx, source, target, input.reassignment_mappings ?? {});
      await tx.organization.updateMany({
        where: { instanceId, roleSetId: source.id },
        data: { roleSetId: target.id },
      });
      // After the move: the events show where the organizations are now. None of the target's own holds a role of these.
      await this.reassignments.run(tx, cause, target.id, mappings);
      await tx.roleSet.delete({ where: { id: source.id, instanceId } });
      return source;
    });
  }

  private change<R>(ctx: RequestContext, work: (tx: Tx) => Promise<R>): Promise<R> {
    const write = async (tx: Tx) => {
      await lockRoles(tx, ctx.instanceId);
      afterCommit(tx, () => this.views.initialRolesChanged(ctx.instanceId));
      return work(tx);
    };
    return transaction(this.db, write, { taken });
  }

  private async pointers(
    tx: Tx,
    ctx: RequestContext,
    id: string,
    input: { default_role_key?: string | null; creator_role_key?: string | null },
  ): Promise<{ defaultRoleId?: string; creatorRoleId?: string }> {
    const { instanceId } = ctx;
    const where = { instanceId, sets: { some: { instanceId, roleSetId: id } } };
    const roles = await tx.role.findMany({ where, include: fullRole });
    return {
      ...(input.default_role_key && { defaultRoleId: among(roles, 'default_role_key', input.default_role_key).id }),
      ...(input.creator_role_key && {
        creatorRoleId: eligible(among(roles, 'creator_role_key', input.creator_role_key)).id,
      }),
    };
  }

  /** What becomes of each role that is held in the source and missing in the target. */
  private async mappings(tx: Tx, source: FullRoleSet, target: FullRoleSet, given: Record<string, string>) {
    const { instanceId } = source;
    const here = { instanceId, organization: { roleSetId: source.id } };
    const held = await tx.role.findMany({
      where: {
        instanceId,
        id: { notIn: target.roles.map(({ role }) => role.id) },
        OR: [{ memberships: { some: here } }, { invitations: { some: { ...here, status: 'pending' } } }],
      },
    });
    const missing = held.filter((role) => given[role.key] === undefined).map((role) => role.key);
    if (missing.length) throw mappingsMissing(missing);
    const mappings = new Map<string, string>();
    for (const role of held) {
      const to = target.roles.find((entry) => entry.role.key === given[role.key])?.role;
      if (!to) throw mappingInvalid(given[role.key]!);
      mappings.set(role.id, to.id);
    }
    return mappings;
  }
}

async function requireSet(
  db: Tx | OrganizationsDb,
  { instanceId }: RequestContext,
  keyOrId: string,
): Promise<FullRoleSet> {
  const set = await db.roleSet.findFirst({
    where: { instanceId, OR: [{ id: keyOrId }, { key: keyOrId }] },
    include: fullRoleSet,
  });
  if (!set) throw notFound('role set', keyOrId);
  return set;
}

async function requireRoles(
  tx: Tx,
  { instanceId }: RequestContext,
  param: string,
  keys: string[],
): Promise<FullRole[]> {
  const roles = await tx.role.findMany({ where: { instanceId, key: { in: keys } }, include: fullRole });
  const unknown = keys.find((key) => !roles.some((role) => role.key === key));
  if (unknown) throw unknownRole(param, unknown);
  return roles;
}

function among(roles: FullRole[], param: string, key: string): FullRole {
  const role = roles.find((one) => one.key === key);
  if (!role) throw notInSet(param, key);
  return role;
}

function eligible(role: FullRole): FullRole {
  if (!isCreatorEligible(role)) throw creatorPermissionsMissing();
  return role;
}

const dethrone = (tx: Tx, instanceId: string) =>
  tx.roleSet.updateMany({ where: { instanceId, initialOf: instanceId }, data: { initialOf: null } });

const keyOf = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '') || 'set';
