import { Injectable } from '@nestjs/common';
import { OrganizationViews, type InitialRoles } from '@latchkey/clients';
import type { RequestContext } from '@latchkey/contracts';
import { afterCommit, transaction } from '@latchkey/db';
import { OrganizationsDb, type Tx } from '../db.js';
import { DirectoryService } from '../directory/directory.service.js';
import { DOMAIN_LIMIT } from '../domains/domains.service.js';
import { DefaultRolesService } from '../roles/default-roles.service.js';
import { creatorPermissionsMissing } from '../roles/roles.errors.js';
import { fullRole, isCreatorEligible, type FullRole } from '../roles/roles.serializer.js';
import { lockRoles, ROLE_LIMIT } from '../roles/roles.service.js';
import { unknownRole } from './role-sets.errors.js';
import type { ChooseInitialRoles } from './role-sets.schemas.js';
import { SET_LIMIT } from './role-sets.service.js';

/** The roles that new organizations begin with: those of the initial role set. */
@Injectable()
export class InitialRolesService {
  constructor(
    private readonly db: OrganizationsDb,
    private readonly directory: DirectoryService,
    private readonly defaults: DefaultRolesService,
    private readonly views: OrganizationViews,
  ) {}

  /** Also before organizations are switched on: an administrator may look first. */
  async get(ctx: RequestContext): Promise<InitialRoles> {
    await this.defaults.ensure(await this.directory.instance(ctx));
    const { instanceId } = ctx;
    const set = await this.db.roleSet.findFirstOrThrow({ where: { instanceId, initialOf: instanceId } });
    const roles = await this.db.role.findMany({
      where: { instanceId, id: { in: [set.creatorRoleId, set.defaultRoleId] } },
    });
    const keyOf = (id: string) => roles.find((role) => role.id === id)!.key;
    return {
      role_set_key: set.key,
      creator_role: keyOf(set.creatorRoleId),
      default_role: keyOf(set.defaultRoleId),
      limits: { roles: ROLE_LIMIT, role_sets: SET_LIMIT, domains: DOMAIN_LIMIT },
    };
  }

  /** A role that the set lacks is added to it. @throws `form_resource_not_found`, `organization_missing_creator_role_permissions` (422) */
  async choose(ctx: RequestContext, input: ChooseInitialRoles): Promise<InitialRoles> {
    await this.defaults.ensure(await this.directory.instance(ctx));
    const { instanceId } = ctx;
    await transaction(this.db, async (tx) => {
      await lockRoles(tx, instanceId);
      const creator = await this.require(tx, ctx, 'creator_role_id', input.creator_role_id);
      const standard = await this.require(tx, ctx, 'domains_default_role_id', input.domains_default_role_id);
      if (creator && !isCreatorEligible(creator)) throw creatorPermissionsMissing();
      const set = await tx.roleSet.findFirstOrThrow({ where: { instanceId, initialOf: instanceId } });
      await tx.roleSetRole.createMany({
        data: [creator, standard].flatMap((role) => (role ? [{ instanceId, roleSetId: set.id, roleId: role.id }] : [])),
        skipDuplicates: true,
      });
      await tx.roleSet.update({
        where: { id: set.id, instanceId },
        data: { creatorRoleId: creator?.id, defaultRoleId: standard?.id },
      });
      afterCommit(tx, () => this.views.initialRolesChanged(instanceId));
    });
    return this.get(ctx);
  }

  private async require(
    tx: Tx,
    { instanceId }: RequestContext,
    param: string,
    id: string | undefined,
  ): Promise<FullRole | undefined> {
    if (id === undefined) return undefined;
    const role = await tx.role.findFirst({ where: { id, instanceId }, include: fullRole });
    if (!role) throw unknownRole(param, id);
    return role;
  }
}
