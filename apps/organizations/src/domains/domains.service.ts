import { Injectable } from '@nestjs/common';
import type { RequestContext } from '@latchkey/contracts';
import { ApiError, type ApiErrorItem, Clock, newId } from '@latchkey/core';
import { transaction } from '@latchkey/db';
import { Outbox } from '@latchkey/events';
import { OrganizationsDb, type Tx } from '../db.js';
import { DirectoryService } from '../directory/directory.service.js';
import { InstanceTasksService } from '../instance-tasks/instance-tasks.service.js';
import type { OrganizationDomain, Prisma } from '../generated/prisma/client.js';
import { OrganizationsLookup } from '../organizations/organizations.lookup.js';
import {
  domainAddedBefore,
  domainNotVerified,
  domainsNotEnabled,
  domainTaken,
  enrollmentModeNotEnabled,
  tooManyDomains,
} from './domains.errors.js';
import { domainCreated, domainDeleted, domainUpdated } from './domains.events.js';
import { domainOf, isDomainName, requireOwnable } from './domains.names.js';
import { DomainsReader } from './domains.reader.js';
import type {
  AddDomain,
  AddDomains,
  CreateDomain,
  EnrollmentMode,
  UpdateDomain,
  UpdateEnrollmentMode,
} from './domains.schemas.js';
import type { FullDomain } from './domains.serializer.js';

/** Domains of an organization, at most. */
export const DOMAIN_LIMIT = 10;

const taken = {
  organization_domains_name: domainAddedBefore,
  organization_domains_verified_name: domainTaken,
};

/** The mail domains of organizations. */
@Injectable()
export class DomainsService {
  constructor(
    private readonly db: OrganizationsDb,
    private readonly organizations: OrganizationsLookup,
    private readonly directory: DirectoryService,
    private readonly reader: DomainsReader,
    private readonly tasks: InstanceTasksService,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  /**
   * @throws `organization_domains_not_enabled`, `organization_domain_enrollment_mode_not_enabled`,
   * `organization_domain_quota_exceeded` (403), `organization_domain_*` for the name (422)
   */
  async create(
    ctx: RequestContext,
    organizationId: string,
    input: CreateDomain & { affiliation_email_address?: string },
  ): Promise<FullDomain> {
    const organization = await this.organizations.require(ctx, organizationId);
    await this.requireMode(ctx, input.enrollment_mode);
    requireOwnable(input.name);
    if (!input.verified && isAutomatic(input.enrollment_mode)) throw domainNotVerified();
    const { instanceId } = ctx;
    const instance = await this.directory.instance(ctx);
    const now = this.clock.now();
    const write = async (tx: Tx) => {
      await this.organizations.lock(tx, ctx, organization.id);
      const own = { instanceId, organizationId: organization.id };
      if (await tx.organizationDomain.findFirst({ where: { ...own, name: input.name } })) throw domainAddedBefore();
      if (await tx.organizationDomain.findFirst({ where: { instanceId, verifiedName: input.name } }))
        throw domainTaken();
      if ((await tx.organizationDomain.count({ where: own })) >= DOMAIN_LIMIT) throw tooManyDomains();
      const row = await tx.organizationDomain.create({
        data: {
          ...own,
          id: newId('organizationDomain', now),
          name: input.name,
          enrollmentMode: input.enrollment_mode,
          affiliationEmailAddress: input.affiliation_email_address,
          ...(input.verified && verifiedNow(input.name, now)),
        },
      });
      const full = await this.reader.show(tx, row, instance);
      await this.outbox.add(tx, domainCreated(ctx, full));
      await this.reach(tx, ctx, row);
      return full;
    };
    return transaction(this.db, write, { taken });
  }

  /**
   * Adds a domain for a member. It is verified at once when they have proved an address of it; to prove one is for later otherwise.
   *
   * @throws as `create`
   */
  async createOwn(ctx: RequestContext, organizationId: string, input: AddDomain): Promise<FullDomain> {
    const { email_addresses } = await this.directory.requireUser(ctx, ctx.userId!);
    const proved = email_addresses.find((row) => row.is_verified && domainOf(row.email_address) === input.name);
    const verified = proved !== undefined;
    return this.create(ctx, organizationId, { ...input, verified, affiliation_email_address: proved?.email_address });
  }

  /** Adds several; those that are there already are passed over, and what is wrong with the others is told one by one. */
  async createBulk(ctx: RequestContext, organizationId: string, input: AddDomains) {
    const data: FullDomain[] = [];
    const errors: { name: string; code: string }[] = [];
    for (const name of [...new Set(input.names)]) {
      try {
        if (!isDomainName(name)) throw new ApiError(422, invalidName);
        data.push(await this.createOwn(ctx, organizationId, { ...input, name }));
      } catch (error) {
        if (!(error instanceof ApiError) || error.status >= 500) throw error;
        if (error.code !== 'organization_domain_already_exists_same_organization')
          errors.push({ name, code: error.code });
      }
    }
    return { data, errors };
  }

  /** @throws as `create`, `resource_not_found` (404) */
  async update(ctx: RequestContext, organizationId: string, id: string, input: UpdateDomain): Promise<FullDomain> {
    if (input.enrollment_mode) await this.requireMode(ctx, input.enrollment_mode);
    return this.change(ctx, organizationId, id, (row) => {
      const isVerified = input.verified ?? row.verifiedName !== null;
      const mode = input.enrollment_mode ?? row.enrollmentMode;
      if (isAutomatic(mode) && !isVerified) throw domainNotVerified();
      return {
        enrollmentMode: mode,
        ...(input.verified === true && row.verifiedName === null && verifiedNow(row.name, this.clock.now())),
        ...(input.verified === false && {
          verifiedName: null,
          affiliationStatus: 'unverified',
          affiliationVerifiedAt: null,
        }),
      };
    });
  }

  /** @throws `form_verification_needed` (422), `organization_domain_enrollment_mode_not_enabled` (403), `resource_not_found` (404) */
  async setMode(
    ctx: RequestContext,
    organizationId: string,
    id: string,
    input: UpdateEnrollmentMode,
  ): Promise<FullDomain> {
    await this.requireMode(ctx, input.enrollment_mode);
    return this.change(ctx, organizationId, id, async (row, tx) => {
      if (isAutomatic(input.enrollment_mode) && row.verifiedName === null) throw domainNotVerified();
      if (input.delete_pending) {
        const pending = { instanceId: ctx.instanceId, domainId: id, status: 'pending' };
        await tx.invitation.deleteMany({ where: pending });
        await tx.suggestion.deleteMany({ where: pending });
      }
      return { enrollmentMode: input.enrollment_mode };
    });
  }

  /** Open invitations and suggestions of the domain go with it; members stay. @throws `resource_not_found` (404) */
  async delete(ctx: RequestContext, organizationId: string, id: string): Promise<OrganizationDomain> {
    const [organization, instance] = await Promise.all([
      this.organizations.require(ctx, organizationId),
      this.directory.instance(ctx),
    ]);
    return transaction(this.db, async (tx) => {
      await this.organizations.lock(tx, ctx, organization.id);
      const row = await this.reader.require(tx, ctx, organization.id, id);
      const full = await this.reader.show(tx, row, instance);
      await tx.suggestion.deleteMany({ where: { instanceId: ctx.instanceId, domainId: id, status: 'pending' } });
      await tx.organizationDomain.delete({ where: { id, instanceId: ctx.instanceId } });
      await this.outbox.add(tx, domainDeleted(ctx, full));
      return row;
    });
  }

  /** Says that the ownership needs no proof; the second time it changes nothing. @throws `resource_not_found` (404) */
  async overrideOwnership(ctx: RequestContext, organizationId: string, id: string): Promise<FullDomain> {
    const known = await this.reader.get(ctx, organizationId, id);
    if (known.row.ownershipStatus === 'verified') return known;
    return this.change(ctx, organizationId, id, () => ({
      ownershipStatus: 'verified',
      ownershipStrategy: 'manual_override',
      ownershipVerifiedAt: this.clock.now(),
      ownershipTxtName: null,
      ownershipTxtValue: null,
    }));
  }

  /** Changes a domain under its organization's lock, and tells of it. @throws `resource_not_found` (404), `organization_domain_already_exists` (422) */
  async change(
    ctx: RequestContext,
    organizationId: string,
    id: string,
    data: (
      row: OrganizationDomain,
      tx: Tx,
    ) => Prisma.OrganizationDomainUncheckedUpdateInput | Promise<Prisma.OrganizationDomainUncheckedUpdateInput>,
  ): Promise<FullDomain> {
    const [organization, instance] = await Promise.all([
      this.organizations.require(ctx, organizationId),
      this.directory.instance(ctx),
    ]);
    const write = async (tx: Tx) => {
      await this.organizations.lock(tx, ctx, organization.id);
      const row = await this.reader.require(tx, ctx, organization.id, id);
      const updated = await tx.organizationDomain.update({
        where: { id, instanceId: ctx.instanceId },
        data: await data(row, tx),
      });
      const full = await this.reader.show(tx, updated, instance);
      await this.outbox.add(tx, domainUpdated(ctx, full));
      if (updated.enrollmentMode !== row.enrollmentMode || updated.verifiedName !== row.verifiedName)
        await this.reach(tx, ctx, updated);
      return full;
    };
    return transaction(this.db, write, { taken });
  }

  /** Lets an enrollment mode work on those who have their addresses already (`EnrollmentService`). */
  private async reach(tx: Tx, ctx: RequestContext, row: OrganizationDomain): Promise<void> {
    if (row.verifiedName !== null && isAutomatic(row.enrollmentMode))
      await this.tasks.add(tx, ctx, 'enroll_domain', row.id);
  }

  /** @throws `organization_domains_not_enabled` (403) */
  async requireEnabled(ctx: RequestContext): Promise<void> {
    if (!(await this.directory.instance(ctx)).organizations.domains.enabled) throw domainsNotEnabled();
  }

  private async requireMode(ctx: RequestContext, mode: EnrollmentMode): Promise<void> {
    const { domains } = (await this.directory.instance(ctx)).organizations;
    if (!domains.enabled) throw domainsNotEnabled();
    if (mode === 'manual_invitation') return;
    if (mode === 'enterprise_sso' || !domains.enrollment_modes.includes(mode)) throw enrollmentModeNotEnabled();
  }
}

/** The columns of a domain whose affiliation is proved. */
export const verifiedNow = (name: string, now: Date) => ({
  verifiedName: name,
  affiliationStatus: 'verified',
  affiliationVerifiedAt: now,
  affiliationCodeMac: null,
});

const isAutomatic = (mode: string) => mode !== 'manual_invitation';

const invalidName: ApiErrorItem = {
  code: 'form_param_format_invalid',
  message: 'is invalid',
  long_message: 'The name must be that of a domain.',
  meta: { param_name: 'names' },
};
