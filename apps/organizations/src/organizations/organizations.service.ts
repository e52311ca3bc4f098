import { Injectable } from '@nestjs/common';
import { OrganizationViews, type InstanceView, type UserSummary } from '@latchkey/clients';
import { mergedMetadata, type RequestContext } from '@latchkey/contracts';
import { ApiError, Clock, newId, notFound, paramError, refusal } from '@latchkey/core';
import { afterCommit, transaction } from '@latchkey/db';
import { Outbox } from '@latchkey/events';
import { OrganizationsDb, type Tx } from '../db.js';
import { DirectoryService } from '../directory/directory.service.js';
import type { Prisma } from '../generated/prisma/client.js';
import { MembershipsWriter } from '../memberships/memberships.writer.js';
import { RolesLookup } from '../roles/roles.lookup.js';
import {
  creationLimitReached,
  creationNotEnabled,
  creatorNotFound,
  deletionNotEnabled,
  slugsDisabled,
  slugTaken,
} from './organizations.errors.js';
import { organizationCreated, organizationDeleted, organizationUpdated } from './organizations.events.js';
import { OrganizationsLookup } from './organizations.lookup.js';
import type { CreateOrganization, OrganizationMetadata, UpdateOrganization } from './organizations.schemas.js';
import { fullOrganization, type FullOrganization } from './organizations.serializer.js';
import { anotherSlug, slugOf } from './organizations.slugs.js';

/** How many organizations a user may create when nothing else is said. */
const CREATION_LIMIT = 100;

const takenSlug = { organizations_slug: slugTaken };

/** Organizations themselves: made, changed and deleted. */
@Injectable()
export class OrganizationsService {
  constructor(
    private readonly db: OrganizationsDb,
    private readonly lookup: OrganizationsLookup,
    private readonly directory: DirectoryService,
    private readonly roles: RolesLookup,
    private readonly members: MembershipsWriter,
    private readonly outbox: Outbox,
    private readonly views: OrganizationViews,
    private readonly clock: Clock,
  ) {}

  /**
   * Makes an organization; `created_by` becomes its first member.
   *
   * @throws `organization_creator_not_found` (400), `org_creation_limit_exceeded`, `organization_slugs_disabled` (403),
   * `form_identifier_exists` for the slug (422)
   */
  async create(ctx: RequestContext, input: CreateOrganization): Promise<FullOrganization> {
    const creator = input.created_by ? await this.directory.findUser(ctx, input.created_by) : undefined;
    if (input.created_by && !creator) throw creatorNotFound();
    const instance = await this.directory.instance(ctx);
    if (input.slug && instance.organizations.slug_disabled) throw slugsDisabled();
    if (input.slug || instance.organizations.slug_disabled)
      return this.write(ctx, instance, input, input.slug ?? null, creator);
    return this.createWithDerivedSlug(ctx, instance, input, creator);
  }

  /**
   * Makes an organization for the caller.
   *
   * @throws `user_create_organization_not_enabled` (403), and what `create` throws
   */
  async createOwn(ctx: RequestContext, input: Pick<CreateOrganization, 'name' | 'slug'>): Promise<FullOrganization> {
    const user = await this.directory.requireUser(ctx, ctx.userId!);
    if (!user.create_organization_enabled) throw creationNotEnabled();
    return this.create(ctx, { ...input, created_by: user.id, public_metadata: {}, private_metadata: {} });
  }

  /** @throws `resource_not_found` (404), `form_identifier_exists` (422), `organization_slugs_disabled` (403) */
  async update(ctx: RequestContext, idOrSlug: string, input: UpdateOrganization): Promise<FullOrganization> {
    const organization = await this.lookup.require(ctx, idOrSlug);
    const { organizations: settings } = await this.directory.instance(ctx);
    if (input.slug && settings.slug_disabled) throw slugsDisabled();
    const roleSetId = input.role_set_key ? await this.roleSetFor(organization, input.role_set_key) : undefined;
    return this.change(ctx, organization.id, () => ({
      name: input.name ?? undefined,
      slug: input.slug ?? undefined,
      maxAllowedMemberships: input.max_allowed_memberships ?? undefined,
      adminDeleteEnabled: input.admin_delete_enabled ?? undefined,
      createdAt: input.created_at ?? undefined,
      publicMetadata: input.public_metadata ?? undefined,
      privateMetadata: input.private_metadata ?? undefined,
      roleSetId,
    }));
  }

  /** Merges metadata into the organization's. @throws `resource_not_found` (404), `form_param_exceeds_allowed_size` (422) */
  async mergeMetadata(ctx: RequestContext, idOrSlug: string, input: OrganizationMetadata): Promise<FullOrganization> {
    const { id } = await this.lookup.require(ctx, idOrSlug);
    return this.change(ctx, id, (row) => mergedMetadata(row, input));
  }

  /** Puts metadata in place of the organization's; what is left out stays. @throws `resource_not_found` (404) */
  async replaceMetadata(ctx: RequestContext, idOrSlug: string, input: OrganizationMetadata): Promise<FullOrganization> {
    const { id } = await this.lookup.require(ctx, idOrSlug);
    return this.change(ctx, id, () => ({
      publicMetadata: input.public_metadata === null ? {} : input.public_metadata,
      privateMetadata: input.private_metadata === null ? {} : input.private_metadata,
    }));
  }

  /** Deletes an organization with everything in it. @throws `resource_not_found` (404) */
  async delete(ctx: RequestContext, idOrSlug: string): Promise<{ id: string; slug: string | null }> {
    const { id } = await this.lookup.require(ctx, idOrSlug);
    return transaction(this.db, async (tx) => {
      await this.lookup.lock(tx, ctx, id);
      const row = await tx.organization.delete({ where: { id, instanceId: ctx.instanceId } });
      if (row.logoId) await tx.logo.deleteMany({ where: { id: row.logoId, instanceId: ctx.instanceId } });
      await this.outbox.add(tx, organizationDeleted(ctx, row));
      // The organization's own entry is enough: a membership shows nothing, and claims nothing, without it.
      afterCommit(tx, () => this.views.organizationChanged(ctx.instanceId, id));
      return row;
    });
  }

  /** Deletes an organization for one of its members. @throws `organization_admin_delete_not_enabled` (403), and what `delete` throws */
  async deleteOwn(ctx: RequestContext, id: string): Promise<{ id: string; slug: string | null }> {
    const organization = await this.lookup.require(ctx, id);
    if (!organization.adminDeleteEnabled) throw deletionNotEnabled();
    return this.delete(ctx, id);
  }

  /** Changes a row under its lock, and tells of it. */
  async change(
    ctx: RequestContext,
    id: string,
    data: (
      row: FullOrganization,
      tx: Tx,
    ) => Prisma.OrganizationUncheckedUpdateInput | Promise<Prisma.OrganizationUncheckedUpdateInput>,
  ): Promise<FullOrganization> {
    const { fapiUrl } = await this.directory.instance(ctx);
    const write = async (tx: Tx) => {
      await this.lookup.lock(tx, ctx, id);
      const row = await this.lookup.requireIn(tx, ctx, id);
      const updated = await tx.organization.update({
        where: { id, instanceId: ctx.instanceId },
        data: await data(row, tx),
        include: fullOrganization,
      });
      await this.outbox.add(tx, organizationUpdated(ctx, updated, { fapiUrl }));
      afterCommit(tx, () => this.views.organizationChanged(ctx.instanceId, id));
      return updated;
    };
    return transaction(this.db, write, { taken: takenSlug });
  }

  private async createWithDerivedSlug(
    ctx: RequestContext,
    instance: InstanceView,
    input: CreateOrganization,
    creator: UserSummary | undefined,
  ): Promise<FullOrganization> {
    const derived = slugOf(input.name);
    const isFree = !(await this.lookup.find(ctx, derived));
    for (let slug = isFree ? derived : anotherSlug(derived); ; slug = anotherSlug(derived)) {
      try {
        return await this.write(ctx, instance, input, slug, creator);
      } catch (error) {
        // The caller has not named it, so somebody who was quicker costs them nothing.
        if (!(error instanceof ApiError && error.code === 'form_identifier_exists')) throw error;
      }
    }
  }

  private async write(
    ctx: RequestContext,
    instance: InstanceView,
    input: CreateOrganization,
    slug: string | null,
    creator: UserSummary | undefined,
  ): Promise<FullOrganization> {
    const { fapiUrl, organizations: settings } = instance;
    const { instanceId } = ctx;
    const roleSet = await this.db.roleSet.findFirst({
      where: input.role_set_key ? { instanceId, key: input.role_set_key } : { instanceId, initialOf: instanceId },
    });
    if (!roleSet) throw notFound('role set', input.role_set_key ?? 'initial');
    const role = creator && (await this.roles.view(instanceId, roleSet.creatorRoleId));
    const id = newId('organization', this.clock.now());
    const write = async (tx: Tx) => {
      if (creator) await this.requireAllowance(tx, ctx, creator);
      const created = await tx.organization.create({
        data: {
          id,
          instanceId,
          name: input.name,
          slug,
          publicMetadata: input.public_metadata,
          privateMetadata: input.private_metadata,
          maxAllowedMemberships: input.max_allowed_memberships ?? settings.max_allowed_memberships,
          adminDeleteEnabled: settings.admin_delete,
          createdBy: creator?.id ?? null,
          roleSetId: roleSet.id,
          ...(input.created_at && { createdAt: input.created_at }),
        },
        include: fullOrganization,
      });
      await this.outbox.add(tx, organizationCreated(ctx, created, { fapiUrl }));
      if (!creator || !role) return created;
      const member = { organizationId: id, user: creator, role, isGranted: ctx.api === 'bapi' };
      return (await this.members.add(tx, { ...ctx, fapiUrl }, member)).organization;
    };
    return transaction(this.db, write, { taken: takenSlug });
  }

  /** Counts under a lock of the user, so that two creations at once do not both take the last place. */
  private async requireAllowance(tx: Tx, { instanceId }: RequestContext, user: UserSummary): Promise<void> {
    const limit = user.create_organizations_limit ?? CREATION_LIMIT;
    if (limit === 0) return;
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`creates:${instanceId}:${user.id}`}, 0))`;
    if ((await tx.organization.count({ where: { instanceId, createdBy: user.id } })) >= limit)
      throw creationLimitReached();
  }

  /** The role set of this key, as one into which the organization can move without giving members new roles. */
  private async roleSetFor({ instanceId, id }: FullOrganization, key: string): Promise<string> {
    const set = await this.db.roleSet.findFirst({
      where: { instanceId, key },
      include: { roles: true },
    });
    if (!set) throw paramError('form_resource_not_found', 'role_set_key', 'not found', `There is no role set ${key}.`);
    const missing = await this.db.role.findMany({
      where: {
        instanceId,
        id: { notIn: set.roles.map((row) => row.roleId) },
        OR: [
          { memberships: { some: { instanceId, organizationId: id } } },
          { invitations: { some: { instanceId, organizationId: id, status: 'pending' } } },
        ],
      },
    });
    if (missing.length === 0) return set.id;
    throw refusal(
      422,
      'organization_role_set_reassignment_mappings_missing',
      'roles are missing in the role set',
      'Members hold roles that the role set does not have. Replace their roles first.',
      { role_keys: missing.map((role) => role.key) },
    );
  }
}
