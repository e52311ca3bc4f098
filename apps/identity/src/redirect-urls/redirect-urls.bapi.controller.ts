import { Body, Delete, Get, Param, Post, Query } from '@nestjs/common';
import type { DeletedObjectJSON, RedirectUrlJSON } from '@clerk/backend';
import type { Page, RequestContext } from '@latchkey/contracts';
import { BapiController, Ctx, Operation, toList } from '@latchkey/http';
import { CreateRedirectUrl, ListRedirectUrls } from './redirect-urls.schemas.js';
import { toRedirectUrlJSON } from './redirect-urls.serializer.js';
import { RedirectUrlsService } from './redirect-urls.service.js';

@BapiController('/v1/redirect_urls')
export class RedirectUrlsBapiController {
  constructor(private readonly redirectUrls: RedirectUrlsService) {}

  @Get()
  @Operation('ListRedirectURLs')
  async list(
    @Ctx() ctx: RequestContext,
    @Query({ schema: ListRedirectUrls }) query: ListRedirectUrls,
  ): Promise<RedirectUrlJSON[] | Page<RedirectUrlJSON>> {
    return toList(await this.redirectUrls.list(ctx, query), query.paginated, toRedirectUrlJSON);
  }

  @Post()
  @Operation('CreateRedirectURL')
  async create(
    @Ctx() ctx: RequestContext,
    @Body({ schema: CreateRedirectUrl }) body: CreateRedirectUrl,
  ): Promise<RedirectUrlJSON> {
    return toRedirectUrlJSON(await this.redirectUrls.create(ctx, body.url));
  }

  @Get('/:id')
  @Operation('GetRedirectURL')
  async get(@Ctx() ctx: RequestContext, @Param('id') id: string): Promise<RedirectUrlJSON> {
    return toRedirectUrlJSON(await this.redirectUrls.require(ctx, id));
  }

  @Delete('/:id')
  @Operation('DeleteRedirectURL')
  async delete(@Ctx() ctx: RequestContext, @Param('id') id: string): Promise<DeletedObjectJSON> {
    await this.redirectUrls.delete(ctx, id);
    return { object: 'redirect_url', id, deleted: true };
  }
}
