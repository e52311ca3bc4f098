import { Body, Delete, Get, Param, Patch, Post, Query } from '@nestjs/common';
import type { PermissionJSON } from '@clerk/shared/types';
import type { DeletedObjectJSON } from '@clerk/backend';
import type { Page, RequestContext } from '@latchkey/contracts';
import { BapiController, Ctx, Operation, toPage } from '@latchkey/http';
import { CreatePermission, ListPermissions, UpdatePermission } from './permissions.schemas.js';
import { toDeletedPermissionJSON, toPermissionJSON } from './permissions.serializer.js';
import { PermissionsService } from './permissions.service.js';

@BapiController('/v1/organization_permissions')
export class PermissionsBapiController {
  constructor(private readonly permissions: PermissionsService) {}

  @Get()
  @Operation('ListOrganizationPermissions')
  async list(
    @Ctx() ctx: RequestContext,
    @Query({ schema: ListPermissions }) query: ListPermissions,
  ): Promise<Page<PermissionJSON>> {
    return toPage(await this.permissions.list(ctx, query), toPermissionJSON);
  }

  @Post()
  @Operation('CreateOrganizationPermission')
  async create(
    @Ctx() ctx: RequestContext,
    @Body({ schema: CreatePermission }) body: CreatePermission,
  ): Promise<PermissionJSON> {
    return toPermissionJSON(await this.permissions.create(ctx, body));
  }

  @Get('/:permission_id')
  @Operation('GetOrganizationPermission')
  async get(@Ctx() ctx: RequestContext, @Param('permission_id') id: string): Promise<PermissionJSON> {
    return toPermissionJSON(await this.permissions.get(ctx, id));
  }

  @Patch('/:permission_id')
  @Operation('UpdateOrganizationPermission')
  async update(
    @Ctx() ctx: RequestContext,
    @Param('permission_id') id: string,
    @Body({ schema: UpdatePermission }) body: UpdatePermission,
  ): Promise<PermissionJSON> {
    return toPermissionJSON(await this.permissions.update(ctx, id, body));
  }

  @Delete('/:permission_id')
  @Operation('DeleteOrganizationPermission')
  async delete(@Ctx() ctx: RequestContext, @Param('permission_id') id: string): Promise<DeletedObjectJSON> {
    return toDeletedPermissionJSON(await this.permissions.delete(ctx, id));
  }
}
