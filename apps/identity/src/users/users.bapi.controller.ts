import { Body, Delete, Get, Param, Patch, Post, Put, Query } from '@nestjs/common';
import type { DeletedObjectJSON, UserJSON } from '@clerk/backend';
import type { RequestContext } from '@latchkey/contracts';
import { BapiController, Ctx, Operation, Upload, type UploadedFile } from '@latchkey/http';
import { ProfileImagesService } from './profile-images.service.js';
import { UserAccountsService } from './user-accounts.service.js';
import {
  CreateUser,
  ReplaceUserMetadata,
  UpdateUser,
  UpdateUserMetadata,
  UserCountQuery,
  UserIds,
  UserListQuery,
} from './users.schemas.js';
import { toDeletedUserJSON, toUserJSON, type FullUser } from './users.serializer.js';
import { UsersService } from './users.service.js';

@BapiController('/v1/users')
export class UsersBapiController {
  constructor(
    private readonly users: UsersService,
    private readonly accounts: UserAccountsService,
    private readonly images: ProfileImagesService,
  ) {}

  @Get()
  @Operation('GetUserList')
  async list(@Ctx() ctx: RequestContext, @Query({ schema: UserListQuery }) query: UserListQuery): Promise<UserJSON[]> {
    return this.allToJSON(ctx, await this.users.list(ctx, query));
  }

  @Get('/count')
  @Operation('GetUsersCount')
  async count(@Ctx() ctx: RequestContext, @Query({ schema: UserCountQuery }) query: UserListQuery) {
    return { object: 'total_count', total_count: await this.users.count(ctx, query) };
  }

  @Post()
  @Operation('CreateUser')
  async create(@Ctx() ctx: RequestContext, @Body({ schema: CreateUser }) body: CreateUser): Promise<UserJSON> {
    return this.toJSON(ctx, await this.accounts.create(ctx, body));
  }

  @Post('/ban')
  @Operation('UsersBan')
  async banAll(@Ctx() ctx: RequestContext, @Body({ schema: UserIds }) body: UserIds): Promise<UserJSON[]> {
    return this.allToJSON(ctx, await this.accounts.setBanned(ctx, body.user_ids, true));
  }

  @Post('/unban')
  @Operation('UsersUnban')
  async unbanAll(@Ctx() ctx: RequestContext, @Body({ schema: UserIds }) body: UserIds): Promise<UserJSON[]> {
    return this.allToJSON(ctx, await this.accounts.setBanned(ctx, body.user_ids, false));
  }

  @Get('/:user_id')
  @Operation('GetUser')
  async get(@Ctx() ctx: RequestContext, @Param('user_id') id: string): Promise<UserJSON> {
    return this.toJSON(ctx, await this.users.require(ctx, id));
  }

  @Patch('/:user_id')
  @Operation('UpdateUser')
  async update(
    @Ctx() ctx: RequestContext,
    @Param('user_id') id: string,
    @Body({ schema: UpdateUser }) body: UpdateUser,
  ): Promise<UserJSON> {
    return this.toJSON(ctx, await this.accounts.update(ctx, id, body));
  }

  @Patch('/:user_id/metadata')
  @Operation('UpdateUserMetadata')
  async mergeMetadata(
    @Ctx() ctx: RequestContext,
    @Param('user_id') id: string,
    @Body({ schema: UpdateUserMetadata }) body: UpdateUserMetadata,
  ): Promise<UserJSON> {
    return this.toJSON(ctx, await this.accounts.mergeMetadata(ctx, id, body));
  }

  @Put('/:user_id/metadata')
  @Operation('ReplaceUserMetadata')
  async replaceMetadata(
    @Ctx() ctx: RequestContext,
    @Param('user_id') id: string,
    @Body({ schema: ReplaceUserMetadata }) body: ReplaceUserMetadata,
  ): Promise<UserJSON> {
    return this.toJSON(ctx, await this.accounts.replaceMetadata(ctx, id, body));
  }

  @Delete('/:user_id')
  @Operation('DeleteUser')
  async delete(@Ctx() ctx: RequestContext, @Param('user_id') id: string): Promise<DeletedObjectJSON> {
    return toDeletedUserJSON(await this.accounts.delete(ctx, id));
  }

  @Post('/:user_id/ban')
  @Operation('BanUser')
  async ban(@Ctx() ctx: RequestContext, @Param('user_id') id: string): Promise<UserJSON> {
    return this.toJSON(ctx, (await this.accounts.setBanned(ctx, [id], true))[0]!);
  }

  @Post('/:user_id/unban')
  @Operation('UnbanUser')
  async unban(@Ctx() ctx: RequestContext, @Param('user_id') id: string): Promise<UserJSON> {
    return this.toJSON(ctx, (await this.accounts.setBanned(ctx, [id], false))[0]!);
  }

  @Post('/:user_id/lock')
  @Operation('LockUser')
  async lock(@Ctx() ctx: RequestContext, @Param('user_id') id: string): Promise<UserJSON> {
    return this.toJSON(ctx, await this.accounts.setLocked(ctx, id, true));
  }

  @Post('/:user_id/unlock')
  @Operation('UnlockUser')
  async unlock(@Ctx() ctx: RequestContext, @Param('user_id') id: string): Promise<UserJSON> {
    return this.toJSON(ctx, await this.accounts.setLocked(ctx, id, false));
  }

  @Post('/:user_id/profile_image')
  @Operation('SetUserProfileImage')
  async setImage(
    @Ctx() ctx: RequestContext,
    @Param('user_id') id: string,
    @Upload() file: UploadedFile,
  ): Promise<UserJSON> {
    return this.toJSON(ctx, (await this.images.set(ctx, id, file)).user);
  }

  @Delete('/:user_id/profile_image')
  @Operation('DeleteUserProfileImage')
  async deleteImage(@Ctx() ctx: RequestContext, @Param('user_id') id: string): Promise<UserJSON> {
    return this.toJSON(ctx, await this.images.delete(ctx, id));
  }

  private async toJSON(ctx: RequestContext, user: FullUser): Promise<UserJSON> {
    return toUserJSON(user, await this.users.view(ctx.instanceId));
  }

  private async allToJSON(ctx: RequestContext, users: FullUser[]): Promise<UserJSON[]> {
    const view = await this.users.view(ctx.instanceId);
    return users.map((user) => toUserJSON(user, view));
  }
}
