import { Get, Param, Query, Res } from '@nestjs/common';
import type { RequestContext } from '@latchkey/contracts';
import { Ctx, FapiController, Operation } from '@latchkey/http';
import { ImageQuery, pictureHeaders } from '@latchkey/pictures';
import type { FastifyReply } from 'fastify';
import { ImagesService } from './images.service.js';

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
    const picture = await this.images.get(ctx, id, query);
    reply.headers(pictureHeaders(picture));
    return picture.bytes;
  }
}
