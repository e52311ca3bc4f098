import { Body, Delete, Get, Param, Patch, Post, UseGuards } from '@nestjs/common';
import type { DeletedObjectJSON, OrganizationJSON } from '@clerk/shared/types';
import type { RequestContext } from '@latchkey/contracts';
import { Ctx, FapiController, Operation } from '@latchkey/http';
import { MemberGuard, RequiresPermission } from '../access/member.guard.js';
import { OrganizationsReader } from './organizations.reader.js';
import { CreateOwnOrganization, UpdateOwnOrganization } from './organizations.schemas.js';
import { toDeletedOrganizationJSON } from './organizations.serializer.js';
import { OrganizationsService } from './organizations.service.js';

@FapiController('/v1/organizations')
@UseGuards(MemberGuard)
export class OrganizationsFapiController {
  constructor(
    private readonly organizations: OrganizationsService,
    private readonly reader: OrganizationsReader,
  ) {}

  @Post()
  @Operation('createOrganization')
  async create(
    @Ctx() ctx: RequestContext,
    @Body({ schema: CreateOwnOrganization }) body: CreateOwnOrganization,
  ): Promise<OrganizationJSON> {
    return this.reader.showOwn(ctx, await this.organizations.createOwn(ctx, body));
  }

  @Get('/:organization_id')
  @Operation('getOrganization')
  get(@Ctx() ctx: RequestContext, @Param('organization_id') id: string): Promise<OrganizationJSON> {
    return this.reader.getOwn(ctx, id);
  }

  @Patch('/:organization_id')
  @Operation('updateOrganization')
  @RequiresPermission('org:sys_profile:manage')
  async update(
    @Ctx() ctx: RequestContext,
    @Param('organization_id') id: string,
    @Body({ schema: UpdateOwnOrganization }) body: UpdateOwnOrganization,
  ): Promise<OrganizationJSON> {
    return this.reader.showOwn(ctx, await this.organizations.update(ctx, id, body));
  }

  @Delete('/:organization_id')
  @Operation('deleteOrganization')
  @RequiresPermission('org:sys_profile:delete')
  async delete(@Ctx() ctx: RequestContext, @Param('organization_id') id: string): Promise<DeletedObjectJSON> {
    return toDeletedOrganizationJSON(await this.organizations.deleteOwn(ctx, id));
  }
}
