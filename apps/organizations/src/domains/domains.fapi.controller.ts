import { Body, Delete, Get, Param, Post, Query, UseGuards } from '@nestjs/common';
import type { Page, RequestContext } from '@latchkey/contracts';
import { Ctx, FapiController, Operation, toPage } from '@latchkey/http';
import { MemberGuard, RequiresPermission } from '../access/member.guard.js';
import { DomainProofsService } from './domain-proofs.service.js';
import { DomainsReader } from './domains.reader.js';
import {
  AddDomain,
  AddDomains,
  AttemptAffiliation,
  DomainIds,
  ListDomains,
  PrepareAffiliation,
  UpdateEnrollmentMode,
} from './domains.schemas.js';
import { toDeletedDomainJSON, toOwnDomainJSON, type FullDomain } from './domains.serializer.js';
import { DomainsService } from './domains.service.js';

type DomainJSON = ReturnType<typeof toOwnDomainJSON>;

@FapiController('/v1/organizations/:organization_id/domains')
@UseGuards(MemberGuard)
export class DomainsFapiController {
  constructor(
    private readonly domains: DomainsService,
    private readonly proofs: DomainProofsService,
    private readonly reader: DomainsReader,
  ) {}

  @Get()
  @Operation('ListOrganizationDomains')
  @RequiresPermission('org:sys_domains:read', 'org:sys_domains:manage')
  async list(
    @Ctx() ctx: RequestContext,
    @Param('organization_id') organizationId: string,
    @Query({ schema: ListDomains }) query: ListDomains,
  ): Promise<Page<DomainJSON>> {
    await this.domains.requireEnabled(ctx);
    return toPage(await this.reader.list(ctx, organizationId, query), withoutChallenge);
  }

  @Post()
  @Operation('CreateOrganizationDomain')
  @RequiresPermission('org:sys_domains:manage')
  async create(
    @Ctx() ctx: RequestContext,
    @Param('organization_id') organizationId: string,
    @Body({ schema: AddDomain }) body: AddDomain,
  ): Promise<DomainJSON> {
    return toOwnDomainJSON(await this.domains.createOwn(ctx, organizationId, body));
  }

  @Post('/bulk')
  @Operation('createOrganizationDomainsBulk')
  @RequiresPermission('org:sys_domains:manage')
  async createBulk(
    @Ctx() ctx: RequestContext,
    @Param('organization_id') organizationId: string,
    @Body({ schema: AddDomains }) body: AddDomains,
  ): Promise<{ data: DomainJSON[]; errors: { name: string; code: string }[] }> {
    await this.domains.requireEnabled(ctx);
    return shown(await this.domains.createBulk(ctx, organizationId, body));
  }

  @Post('/prepare_ownership_verification/bulk')
  @Operation('prepareOrganizationDomainsOwnershipVerification')
  @RequiresPermission('org:sys_domains:manage')
  async prepareOwnerships(
    @Ctx() ctx: RequestContext,
    @Param('organization_id') organizationId: string,
    @Body({ schema: DomainIds }) body: DomainIds,
  ): Promise<{ data: DomainJSON[]; errors: { id: string; code: string }[] }> {
    const prepare = (id: string) => this.proofs.prepareOwnership(ctx, organizationId, id);
    return shown(await this.proofs.each(body.organization_domain_ids, prepare));
  }

  @Post('/attempt_ownership_verification/bulk')
  @Operation('attemptOrganizationDomainsOwnershipVerification')
  @RequiresPermission('org:sys_domains:manage')
  async attemptOwnerships(
    @Ctx() ctx: RequestContext,
    @Param('organization_id') organizationId: string,
    @Body({ schema: DomainIds }) body: DomainIds,
  ): Promise<{ data: DomainJSON[]; errors: { id: string; code: string }[] }> {
    const attempt = (id: string) => this.proofs.attemptOwnership(ctx, organizationId, id);
    return shown(await this.proofs.each(body.organization_domain_ids, attempt));
  }

  @Get('/:domain_id')
  @Operation('GetOrganizationDomain')
  @RequiresPermission('org:sys_domains:read', 'org:sys_domains:manage')
  async get(
    @Ctx() ctx: RequestContext,
    @Param('organization_id') organizationId: string,
    @Param('domain_id') id: string,
  ): Promise<DomainJSON> {
    await this.domains.requireEnabled(ctx);
    return withoutChallenge(await this.reader.get(ctx, organizationId, id));
  }

  @Delete('/:domain_id')
  @Operation('deleteOrganizationDomain')
  @RequiresPermission('org:sys_domains:manage')
  async delete(
    @Ctx() ctx: RequestContext,
    @Param('organization_id') organizationId: string,
    @Param('domain_id') id: string,
  ): Promise<ReturnType<typeof toDeletedDomainJSON>> {
    await this.domains.requireEnabled(ctx);
    return toDeletedDomainJSON(await this.domains.delete(ctx, organizationId, id));
  }

  @Post('/:domain_id/update_enrollment_mode')
  @Operation('UpdateOrganizationDomainEnrollmentMode')
  @RequiresPermission('org:sys_domains:manage')
  async setMode(
    @Ctx() ctx: RequestContext,
    @Param('organization_id') organizationId: string,
    @Param('domain_id') id: string,
    @Body({ schema: UpdateEnrollmentMode }) body: UpdateEnrollmentMode,
  ): Promise<DomainJSON> {
    return toOwnDomainJSON(await this.domains.setMode(ctx, organizationId, id, body));
  }

  @Post('/:domain_id/prepare_affiliation_verification')
  @Operation('prepareOrganizationDomainVerification')
  @RequiresPermission('org:sys_domains:manage')
  async prepareAffiliation(
    @Ctx() ctx: RequestContext,
    @Param('organization_id') organizationId: string,
    @Param('domain_id') id: string,
    @Body({ schema: PrepareAffiliation }) body: PrepareAffiliation,
  ): Promise<DomainJSON> {
    await this.domains.requireEnabled(ctx);
    return toOwnDomainJSON(
      await this.proofs.prepareAffiliation(ctx, organizationId, id, body.affiliation_email_address),
    );
  }

  @Post('/:domain_id/attempt_affiliation_verification')
  @Operation('attemptOrganizationDomainVerification')
  @RequiresPermission('org:sys_domains:manage')
  async attemptAffiliation(
    @Ctx() ctx: RequestContext,
    @Param('organization_id') organizationId: string,
    @Param('domain_id') id: string,
    @Body({ schema: AttemptAffiliation }) body: AttemptAffiliation,
  ): Promise<DomainJSON> {
    await this.domains.requireEnabled(ctx);
    return toOwnDomainJSON(await this.proofs.attemptAffiliation(ctx, organizationId, id, body.code));
  }

  @Post('/:domain_id/prepare_ownership_verification')
  @Operation('prepareOrganizationDomainOwnershipVerification')
  @RequiresPermission('org:sys_domains:manage')
  async prepareOwnership(
    @Ctx() ctx: RequestContext,
    @Param('organization_id') organizationId: string,
    @Param('domain_id') id: string,
  ): Promise<DomainJSON> {
    await this.domains.requireEnabled(ctx);
    return toOwnDomainJSON(await this.proofs.prepareOwnership(ctx, organizationId, id));
  }

  @Post('/:domain_id/attempt_ownership_verification')
  @Operation('attemptOrganizationDomainOwnershipVerification')
  @RequiresPermission('org:sys_domains:manage')
  async attemptOwnership(
    @Ctx() ctx: RequestContext,
    @Param('organization_id') organizationId: string,
    @Param('domain_id') id: string,
  ): Promise<DomainJSON> {
    await this.domains.requireEnabled(ctx);
    return toOwnDomainJSON(await this.proofs.attemptOwnership(ctx, organizationId, id));
  }
}

/** For those who may only read: the value of a challenge is for who publishes it. */
const withoutChallenge = (domain: FullDomain) => toOwnDomainJSON({ ...domain, txtValue: null });

const shown = <E>({ data, errors }: { data: FullDomain[]; errors: E[] }) => ({
  data: data.map(toOwnDomainJSON),
  errors,
});
