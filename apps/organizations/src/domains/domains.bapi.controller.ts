import { Body, Delete, Get, Param, Patch, Post, Query } from '@nestjs/common';
import type { Page, RequestContext } from '@latchkey/contracts';
import { BapiController, Ctx, Operation, toPage } from '@latchkey/http';
import { OrganizationsLookup } from '../organizations/organizations.lookup.js';
import { DomainsReader } from './domains.reader.js';
import { CreateDomain, ListAllDomains, ListDomains, UpdateDomain } from './domains.schemas.js';
import { toDeletedDomainJSON, toDomainJSON } from './domains.serializer.js';
import { DomainsService } from './domains.service.js';

type DomainJSON = ReturnType<typeof toDomainJSON>;

@BapiController('/v1')
export class DomainsBapiController {
  constructor(
    private readonly domains: DomainsService,
    private readonly reader: DomainsReader,
    private readonly organizations: OrganizationsLookup,
  ) {}

  @Get('/organization_domains')
  @Operation('ListAllOrganizationDomains')
  async listAll(
    @Ctx() ctx: RequestContext,
    @Query({ schema: ListAllDomains }) query: ListAllDomains,
  ): Promise<Page<DomainJSON>> {
    return toPage(await this.reader.listAll(ctx, query), toDomainJSON);
  }

  @Get('/organizations/:organization_id/domains')
  @Operation('ListOrganizationDomains')
  async list(
    @Ctx() ctx: RequestContext,
    @Param('organization_id') organizationId: string,
    @Query({ schema: ListDomains }) query: ListDomains,
  ): Promise<Page<DomainJSON>> {
    const { id } = await this.organizations.require(ctx, organizationId);
    return toPage(await this.reader.list(ctx, id, query), toDomainJSON);
  }

  @Post('/organizations/:organization_id/domains')
  @Operation('CreateOrganizationDomain')
  async create(
    @Ctx() ctx: RequestContext,
    @Param('organization_id') organizationId: string,
    @Body({ schema: CreateDomain }) body: CreateDomain,
  ): Promise<DomainJSON> {
    return toDomainJSON(await this.domains.create(ctx, organizationId, body));
  }

  @Patch('/organizations/:organization_id/domains/:domain_id')
  @Operation('UpdateOrganizationDomain')
  async update(
    @Ctx() ctx: RequestContext,
    @Param('organization_id') organizationId: string,
    @Param('domain_id') id: string,
    @Body({ schema: UpdateDomain }) body: UpdateDomain,
  ): Promise<DomainJSON> {
    return toDomainJSON(await this.domains.update(ctx, organizationId, id, body));
  }

  @Delete('/organizations/:organization_id/domains/:domain_id')
  @Operation('DeleteOrganizationDomain')
  async delete(
    @Ctx() ctx: RequestContext,
    @Param('organization_id') organizationId: string,
    @Param('domain_id') id: string,
  ): Promise<ReturnType<typeof toDeletedDomainJSON>> {
    return toDeletedDomainJSON(await this.domains.delete(ctx, organizationId, id));
  }

  @Post('/organizations/:organization_id/domains/:domain_id/verify_ownership')
  @Operation('VerifyOrganizationDomainOwnership')
  async verifyOwnership(
    @Ctx() ctx: RequestContext,
    @Param('organization_id') organizationId: string,
    @Param('domain_id') id: string,
  ): Promise<DomainJSON> {
    return toDomainJSON(await this.domains.overrideOwnership(ctx, organizationId, id));
  }
}
