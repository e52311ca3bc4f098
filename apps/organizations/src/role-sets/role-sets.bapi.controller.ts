import { Body, Get, Param, Patch, Post, Query } from '@nestjs/common';
import type { DeletedObjectJSON } from '@clerk/backend';
import type { Page, RequestContext } from '@latchkey/contracts';
import { BapiController, Ctx, Operation, toPage } from '@latchkey/http';
import {
  AddRoles,
  CreateRoleSet,
  ListRoleSets,
  ReplaceRole,
  ReplaceRoleSet,
  UpdateRoleSet,
} from './role-sets.schemas.js';
import { toDeletedRoleSetJSON, toRoleSetJSON } from './role-sets.serializer.js';
import { RoleSetsService } from './role-sets.service.js';

type RoleSetJSON = ReturnType<typeof toRoleSetJSON>;

@BapiController('/v1/role_sets')
export class RoleSetsBapiController {
  constructor(private readonly sets: RoleSetsService) {}

  @Get()
  @Operation('ListRoleSets')
  async list(
    @Ctx() ctx: RequestContext,
    @Query({ schema: ListRoleSets }) query: ListRoleSets,
  ): Promise<Page<RoleSetJSON>> {
    return toPage(await this.sets.list(ctx, query), toRoleSetJSON);
  }

  @Post()
  @Operation('CreateRoleSet')
  async create(@Ctx() ctx: RequestContext, @Body({ schema: CreateRoleSet }) body: CreateRoleSet): Promise<RoleSetJSON> {
    return toRoleSetJSON(await this.sets.create(ctx, body));
  }

  @Get('/:role_set_key_or_id')
  @Operation('GetRoleSet')
  async get(@Ctx() ctx: RequestContext, @Param('role_set_key_or_id') keyOrId: string): Promise<RoleSetJSON> {
    return toRoleSetJSON(await this.sets.get(ctx, keyOrId));
  }

  @Patch('/:role_set_key_or_id')
  @Operation('UpdateRoleSet')
  async update(
    @Ctx() ctx: RequestContext,
    @Param('role_set_key_or_id') keyOrId: string,
    @Body({ schema: UpdateRoleSet }) body: UpdateRoleSet,
  ): Promise<RoleSetJSON> {
    return toRoleSetJSON(await this.sets.update(ctx, keyOrId, body));
  }

  @Post('/:role_set_key_or_id/replace')
  @Operation('ReplaceRoleSet')
  async replace(
    @Ctx() ctx: RequestContext,
    @Param('role_set_key_or_id') keyOrId: string,
    @Body({ schema: ReplaceRoleSet }) body: ReplaceRoleSet,
  ): Promise<DeletedObjectJSON> {
    return toDeletedRoleSetJSON(await this.sets.replace(ctx, keyOrId, body));
  }

  @Post('/:role_set_key_or_id/roles')
  @Operation('AddRolesToRoleSet')
  async addRoles(
    @Ctx() ctx: RequestContext,
    @Param('role_set_key_or_id') keyOrId: string,
    @Body({ schema: AddRoles }) body: AddRoles,
  ): Promise<RoleSetJSON> {
    return toRoleSetJSON(await this.sets.addRoles(ctx, keyOrId, body));
  }

  @Post('/:role_set_key_or_id/roles/replace')
  @Operation('ReplaceRoleInRoleSet')
  async replaceRole(
    @Ctx() ctx: RequestContext,
    @Param('role_set_key_or_id') keyOrId: string,
    @Body({ schema: ReplaceRole }) body: ReplaceRole,
  ): Promise<RoleSetJSON> {
    return toRoleSetJSON(await this.sets.replaceRole(ctx, keyOrId, body));
  }
}
