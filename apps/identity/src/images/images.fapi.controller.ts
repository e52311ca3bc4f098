import { Get, Param, Query, Res } from '@nestjs/common';
import type { RequestContext } from '@latchkey/contracts';
import { Ctx, FapiController, Operation } from '@latchkey/http';
import type { FastifyReply } from 'fastify';
import { ImageQuery } from './images.schemas.js';
import { ImagesService } from './images.service.js';

const FOREVER = 'public, max-age=31536000, immutable';
/** The initials of a name that changes. */
const A_WHILE = 'public, max-age=300';

@FapiController('/v1/images')
export class ImagesFapiController {
  constructor(private readonly images: ImagesService) {}

  @Get('/:image_id')
  @Operation('getImage')
  async get(
    @Ctx() ctx: RequestContext,
    @Param('image_id') id: string,
    @Query({ schema: ImageQuery }) query: ImageQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Buffer> {
    const { contentType, bytes, isForever } = await this.images.get(ctx, id, query);
    reply.headers({
      'content-type': contentType,
      'cache-control': isForever ? FOREVER : A_WHILE,
      // Apps on other origins show it; opened by itself it runs nothing.
      'cross-origin-resource-policy': 'cross-origin',
      'content-security-policy': "default-src 'none'; sandbox",
      'x-content-type-options': 'nosniff',
    });
    return bytes;
  }
}
