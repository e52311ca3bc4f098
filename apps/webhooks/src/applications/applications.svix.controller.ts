import { Body, Delete, Get, HttpCode, Param, Patch, Post, Put, Query, Res } from '@nestjs/common';
import type { RequestContext } from '@latchkey/contracts';
import { Ctx } from '@latchkey/http';
import type { FastifyReply } from 'fastify';
import { SvixController } from '../svix-api/svix-controller.js';
import { ApplicationIn, ApplicationPatch, CreateApplicationQuery, ListApplications } from './applications.schemas.js';
import { toApplicationJSON } from './applications.serializer.js';
import { ApplicationsService } from './applications.service.js';

/** `svix.application` */
@SvixController('/app')
export class ApplicationsSvixController {
  constructor(private readonly applications: ApplicationsService) {}

  @Get()
  async list(@Ctx() ctx: RequestContext, @Query({ schema: ListApplications }) query: ListApplications) {
    return this.applications.list(ctx, query);
  }

  @Post()
  async create(
    @Ctx() ctx: RequestContext,
    @Query({ schema: CreateApplicationQuery }) query: CreateApplicationQuery,
    @Body({ schema: ApplicationIn }) body: ApplicationIn,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const { application, isNew } = await this.applications.create(ctx, body, query.get_if_exists);
    reply.status(isNew ? 201 : 200);
    return toApplicationJSON(application);
  }

  @Get(':app_id')
  async get(@Ctx() ctx: RequestContext, @Param('app_id') appId: string) {
    return toApplicationJSON(await this.applications.require(ctx, appId));
  }

  @Put(':app_id')
  async update(
    @Ctx() ctx: RequestContext,
    @Param('app_id') appId: string,
    @Body({ schema: ApplicationIn }) body: ApplicationIn,
  ) {
    return toApplicationJSON(await this.applications.update(ctx, appId, body));
  }

  @Patch(':app_id')
  async patch(
    @Ctx() ctx: RequestContext,
    @Param('app_id') appId: string,
    @Body({ schema: ApplicationPatch }) body: ApplicationPatch,
  ) {
    return toApplicationJSON(await this.applications.patch(ctx, appId, body));
  }

  @Delete(':app_id')
  @HttpCode(204)
  async delete(@Ctx() ctx: RequestContext, @Param('app_id') appId: string): Promise<void> {
    await this.applications.delete(ctx, appId);
  }
}
