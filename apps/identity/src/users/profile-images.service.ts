import { Injectable } from '@nestjs/common';
import type { RequestContext } from '@latchkey/contracts';
import { transaction } from '@latchkey/db';
import type { UploadedFile } from '@latchkey/http';
import { IdentityDb } from '../db.js';
import type { Image } from '../generated/prisma/client.js';
import { ImagesService } from '../images/images.service.js';
import { lockUser } from './users.queries.js';
import type { FullUser } from './users.serializer.js';
import { UsersService } from './users.service.js';

/** The pictures of users. */
@Injectable()
export class ProfileImagesService {
  constructor(
    private readonly db: IdentityDb,
    private readonly users: UsersService,
    private readonly images: ImagesService,
  ) {}

  /** @throws `request_body_invalid` (400), `resource_not_found` (404) */
  async set(ctx: RequestContext, userId: string, file: UploadedFile): Promise<{ user: FullUser; image: Image }> {
    const encoded = await this.images.encode(file);
    return transaction(this.db, async (tx) => {
      await lockUser(tx, ctx, userId);
      await this.users.requireIn(tx, ctx, userId);
      const image = await this.images.add(tx, ctx, userId, encoded);
      return { image, user: await this.users.update(tx, ctx, userId, { imageId: image.id }) };
    });
  }

  /** Nothing happens to a user without a picture. @throws `resource_not_found` (404) */
  async delete(ctx: RequestContext, userId: string): Promise<FullUser> {
    return transaction(this.db, async (tx) => {
      await lockUser(tx, ctx, userId);
      const user = await this.users.requireIn(tx, ctx, userId);
      if (!user.imageId) return user;
      await this.images.removeOf(tx, ctx, userId);
      return this.users.update(tx, ctx, userId, { imageId: null });
    });
  }
}
