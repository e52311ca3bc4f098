import { Injectable } from '@nestjs/common';
import type { RequestContext } from '@latchkey/contracts';
import { Clock, newId } from '@latchkey/core';
import type { UploadedFile } from '@latchkey/http';
import { showDrawn, showStored, toStoredPicture, type Rendition, type ShownPicture } from '@latchkey/pictures';
import { IdentityDb, type Tx } from '../db.js';
import type { Image } from '../generated/prisma/client.js';
import { drawAvatar } from './avatars.js';

const AVATAR = /^avatar-(user_\w+)$/;

/** Pictures: uploads are re-encoded, never changed, and shown to everybody who knows their address. */
@Injectable()
export class ImagesService {
  constructor(
    private readonly db: IdentityDb,
    private readonly clock: Clock,
  ) {}

  /** Re-encodes an upload for `add`. Not inside a transaction: it takes a while. @throws `request_body_invalid` (400) */
  async encode(file: UploadedFile): Promise<UploadedFile> {
    const bytes = await toStoredPicture(file.bytes);
    return { name: file.name.slice(0, 255), bytes };
  }

  /** Stores an encoded picture of a user, in place of the ones before. */
  async add(tx: Tx, ctx: RequestContext, userId: string, { name, bytes }: UploadedFile): Promise<Image> {
    await this.removeOf(tx, ctx, userId);
    return tx.image.create({
      data: {
        id: newId('image', this.clock.now()),
        instanceId: ctx.instanceId,
        userId,
        name,
        contentType: 'image/webp',
        bytes: new Uint8Array(bytes),
      },
    });
  }

  /** Removes the pictures of a user. */
  async removeOf(tx: Tx, ctx: RequestContext, userId: string): Promise<void> {
    await tx.image.deleteMany({ where: { instanceId: ctx.instanceId, userId } });
  }

  /** The picture at an address; `avatar-<user id>` is drawn. @throws `image_not_found` (404) */
  async get(ctx: RequestContext, id: string, rendition: Rendition): Promise<ShownPicture> {
    const userId = AVATAR.exec(id)?.[1];
    if (userId) return this.avatar(ctx, userId);
    return showStored(await this.db.image.findUnique({ where: { id, instanceId: ctx.instanceId } }), rendition);
  }

  private async avatar(ctx: RequestContext, id: string): Promise<ShownPicture> {
    const user = await this.db.user.findUnique({
      where: { id, instanceId: ctx.instanceId },
      select: { id: true, firstName: true, lastName: true },
    });
    return showDrawn(user && drawAvatar(user));
  }
}
