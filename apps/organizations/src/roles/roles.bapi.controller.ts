import { Body, Delete, Get, Param, Patch, Post, Query } from '@nestjs/common';
import type { DeletedObjectJSON } from '@clerk/backend';
import type { Page, RequestContext } from '@latchkey/contracts';
import { BapiController, Ctx, Operation, toPage } from '@latchkey/http';
import { CreateRole, ListRoles, UpdateRole } from './roles.schemas.js';
import { toDeletedRoleJSON, toRoleJSON } from './roles.serializer.js';
import { RolesService } from './roles.service.js';

type RoleJSON = ReturnType<typeof toRoleJSON>;

@BapiController('/v1/organization_roles')
export class RolesBapiController {
  constructor(private readonly roles: RolesService) {}

  @Get()
  @Operation('ListOrganizationRoles')
  async list(@Ctx() ctx: RequestContext, @Query({ schema: ListRoles }) query: ListRoles): Promise<Page<RoleJSON>> {
    return toPage(await this.roles.list(ctx, query), toRoleJSON);
  }

  @Post()
  @Operation('CreateOrganizationRole')
  async create(@Ctx() ctx: RequestContext, @Body({ schema: CreateRole }) body: CreateRole): Promise<RoleJSON> {
    return toRoleJSON(await this.roles.create(ctx, body));
  }

  @Get('/:organization_role_id')
  @Operation('GetOrganizationRole')
  async get(@Ctx() ctx: RequestContext, @Param('organization_role_id') id: string): Promise<RoleJSON> {
    return toRoleJSON(await this.roles.get(ctx, id));
  }

  @Patch('/:organization_role_id')
  @Operation('UpdateOrganizationRole')
  async update(
    @Ctx() ctx: RequestContext,
    @Param('organization_role_id') id: string,
    @Body({ schema: UpdateRole }) body: UpdateRole,
  ): Promise<RoleJSON> {
    return toRoleJSON(await this.roles.update(ctx, id, body));
  }

  @Delete('/:organization_role_id')
  @Operation('DeleteOrganizationRole')
  async delete(@Ctx() ctx: RequestContext, @Param('organization_role_id') id: string): Promise<DeletedObjectJSON> {
    return toDeletedRoleJSON(await this.roles.delete(ctx, id));
  }

  @Post('/:organization_role_id/permissions/:permission_id')
  @Operation('AssignPermissionToOrganizationRole')
  async assign(
    @Ctx() ctx: RequestContext,
    @Param('organization_role_id') id: string,
    @Param('permission_id') permissionId: string,
  ): Promise<RoleJSON> {
    return toRoleJSON(await this.roles.assign(ctx, id, permissionId));
  }

  @Delete('/:organization_role_id/permissions/:permission_id')
  @Operation('RemovePermissionFromOrganizationRole')
  async remove(
    @Ctx() ctx: RequestContext,
    @Param('organization_role_id') id: string,
    @Param('permission_id') permissionId: string,
  ): Promise<RoleJSON> {
    return toRoleJSON(await this.roles.remove(ctx, id, permissionId));
  }
}
