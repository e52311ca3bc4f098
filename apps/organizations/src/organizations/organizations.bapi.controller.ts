import { Body, Delete, Get, Param, Patch, Post, Put, Query } from '@nestjs/common';
import type { DeletedObjectJSON, OrganizationJSON } from '@clerk/backend';
import { requireNoMetadata } from './organizations.versions.js';
import type { Page, RequestContext } from '@latchkey/contracts';
import { BapiController, Ctx, Operation } from '@latchkey/http';
import { OrganizationsReader } from './organizations.reader.js';
import {
  CreateOrganization,
  GetOrganization,
  ListOrganizations,
  OrganizationMetadata,
  UpdateOrganization,
} from './organizations.schemas.js';
import { toDeletedOrganizationJSON } from './organizations.serializer.js';
import { OrganizationsService } from './organizations.service.js';

@BapiController('/v1/organizations')
export class OrganizationsBapiController {
  constructor(
    private readonly organizations: OrganizationsService,
    private readonly reader: OrganizationsReader,
  ) {}

  @Get()
  @Operation('ListOrganizations')
  list(
    @Ctx() ctx: RequestContext,
    @Query({ schema: ListOrganizations }) query: ListOrganizations,
  ): Promise<Page<OrganizationJSON>> {
    return this.reader.list(ctx, query);
  }

  @Post()
  @Operation('CreateOrganization')
  async create(
    @Ctx() ctx: RequestContext,
    @Body({ schema: CreateOrganization }) body: CreateOrganization,
  ): Promise<OrganizationJSON> {
    return this.reader.show(ctx, await this.organizations.create(ctx, body));
  }

  @Get('/:organization_id')
  @Operation('GetOrganization')
  get(
    @Ctx() ctx: RequestContext,
    @Param('organization_id') idOrSlug: string,
    @Query({ schema: GetOrganization }) query: GetOrganization,
  ): Promise<OrganizationJSON> {
    return this.reader.get(ctx, idOrSlug, query);
  }

  @Patch('/:organization_id')
  @Operation('UpdateOrganization')
  async update(
    @Ctx() ctx: RequestContext,
    @Param('organization_id') idOrSlug: string,
    @Body({ schema: UpdateOrganization }) body: UpdateOrganization,
  ): Promise<OrganizationJSON> {
    requireNoMetadata(ctx, body);
    return this.reader.show(ctx, await this.organizations.update(ctx, idOrSlug, body));
  }

  @Patch('/:organization_id/metadata')
  @Operation('MergeOrganizationMetadata')
  async mergeMetadata(
    @Ctx() ctx: RequestContext,
    @Param('organization_id') idOrSlug: string,
    @Body({ schema: OrganizationMetadata }) body: OrganizationMetadata,
  ): Promise<OrganizationJSON> {
    return this.reader.show(ctx, await this.organizations.mergeMetadata(ctx, idOrSlug, body));
  }

  @Put('/:organization_id/metadata')
  @Operation('ReplaceOrganizationMetadata')
  async replaceMetadata(
    @Ctx() ctx: RequestContext,
    @Param('organization_id') idOrSlug: string,
    @Body({ schema: OrganizationMetadata }) body: OrganizationMetadata,
  ): Promise<OrganizationJSON> {
    return this.reader.show(ctx, await this.organizations.replaceMetadata(ctx, idOrSlug, body));
  }

  @Delete('/:organization_id')
  @Operation('DeleteOrganization')
  async delete(@Ctx() ctx: RequestContext, @Param('organization_id') idOrSlug: string): Promise<DeletedObjectJSON> {
    return toDeletedOrganizationJSON(await this.organizations.delete(ctx, idOrSlug));
  }
}
