import { Body, Delete, Get, Patch, Post } from '@nestjs/common';
import type { DeletedObjectJSON, ImageJSON, UserJSON } from '@clerk/shared/types';
import type { RequestContext } from '@latchkey/contracts';
import { Ctx, FapiController, Operation, Upload, type UploadedFile } from '@latchkey/http';
import { toImageJSON } from '../images/images.serializer.js';
import { ProfileImagesService } from '../users/profile-images.service.js';
import { UsersService } from '../users/users.service.js';
import { PatchMe, PatchMyMetadata } from './me.schemas.js';
import { MeService } from './me.service.js';

@FapiController('/v1/me')
export class MeFapiController {
  constructor(
    private readonly me: MeService,
    private readonly users: UsersService,
    private readonly images: ProfileImagesService,
  ) {}

  @Get()
  @Operation('getUser')
  async get(@Ctx() ctx: RequestContext): Promise<UserJSON> {
    return this.me.toJSON(ctx, await this.me.get(ctx));
  }

  @Patch()
  @Operation('patchUser')
  async update(@Ctx() ctx: RequestContext, @Body({ schema: PatchMe }) body: PatchMe): Promise<UserJSON> {
    return this.me.toJSON(ctx, await this.me.update(ctx, body));
  }

  @Patch('/metadata')
  @Operation('patchUserMetadata')
  async mergeMetadata(
    @Ctx() ctx: RequestContext,
    @Body({ schema: PatchMyMetadata }) body: PatchMyMetadata,
  ): Promise<UserJSON> {
    return this.me.toJSON(ctx, await this.me.mergeMetadata(ctx, body.unsafe_metadata));
  }

  @Delete()
  @Operation('deleteUser')
  async delete(@Ctx() ctx: RequestContext): Promise<DeletedObjectJSON> {
    const { id } = await this.me.delete(ctx);
    return { object: 'user', id, deleted: true };
  }

  @Post('/profile_image')
  @Operation('updateProfileImage')
  async setImage(@Ctx() ctx: RequestContext, @Upload() file: UploadedFile): Promise<ImageJSON> {
    const { image } = await this.images.set(ctx, ctx.userId!, file);
    return toImageJSON(image, (await this.users.view(ctx.instanceId)).fapiUrl);
  }

  @Delete('/profile_image')
  @Operation('deleteProfileImage')
  async deleteImage(@Ctx() ctx: RequestContext): Promise<DeletedObjectJSON> {
    await this.images.delete(ctx, ctx.userId!);
    return { object: 'image', deleted: true };
  }
}
