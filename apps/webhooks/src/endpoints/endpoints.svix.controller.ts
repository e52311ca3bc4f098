import { Body, Delete, Get, HttpCode, Param, Patch, Post, Put, Query } from '@nestjs/common';
import type { RequestContext } from '@latchkey/contracts';
import { Ctx } from '@latchkey/http';
import { ApplicationsService } from '../applications/applications.service.js';
import { SvixController } from '../svix-api/svix-controller.js';
import { svixBadRequest } from '../svix-api/svix-errors.js';
import {
  EndpointIn,
  EndpointPatch,
  EndpointUpdate,
  HeadersIn,
  HeadersPatch,
  ListEndpoints,
  RotateSecret,
  StatsQuery,
} from './endpoints.schemas.js';
import { toEndpointJSON, toHeadersJSON } from './endpoints.serializer.js';
import { EndpointsService } from './endpoints.service.js';

/** `svix.endpoint` */
@SvixController('/app/:app_id/endpoint')
export class EndpointsSvixController {
  constructor(
    private readonly applications: ApplicationsService,
    private readonly endpoints: EndpointsService,
  ) {}

  @Get()
  async list(
    @Ctx() ctx: RequestContext,
    @Param('app_id') appId: string,
    @Query({ schema: ListEndpoints }) query: ListEndpoints,
  ) {
    return this.endpoints.list(await this.applications.require(ctx, appId), query);
  }

  @Post()
  async create(
    @Ctx() ctx: RequestContext,
    @Param('app_id') appId: string,
    @Body({ schema: EndpointIn }) body: EndpointIn,
  ) {
    return toEndpointJSON(await this.endpoints.create(await this.applications.require(ctx, appId), body));
  }

  @Get(':endpoint_id')
  async get(@Ctx() ctx: RequestContext, @Param('app_id') appId: string, @Param('endpoint_id') id: string) {
    return toEndpointJSON(await this.endpoints.require(await this.applications.require(ctx, appId), id));
  }

  @Put(':endpoint_id')
  async update(
    @Ctx() ctx: RequestContext,
    @Param('app_id') appId: string,
    @Param('endpoint_id') id: string,
    @Body({ schema: EndpointUpdate }) body: EndpointUpdate,
  ) {
    return toEndpointJSON(await this.endpoints.update(await this.applications.require(ctx, appId), id, body));
  }

  @Patch(':endpoint_id')
  async patch(
    @Ctx() ctx: RequestContext,
    @Param('app_id') appId: string,
    @Param('endpoint_id') id: string,
    @Body({ schema: EndpointPatch }) body: EndpointPatch,
  ) {
    return toEndpointJSON(await this.endpoints.patch(await this.applications.require(ctx, appId), id, body));
  }

  @Delete(':endpoint_id')
  @HttpCode(204)
  async delete(@Ctx() ctx: RequestContext, @Param('app_id') appId: string, @Param('endpoint_id') id: string) {
    await this.endpoints.delete(await this.applications.require(ctx, appId), id);
  }

  @Get(':endpoint_id/secret')
  async getSecret(@Ctx() ctx: RequestContext, @Param('app_id') appId: string, @Param('endpoint_id') id: string) {
    return { key: await this.endpoints.secret(await this.applications.require(ctx, appId), id) };
  }

  @Post(':endpoint_id/secret/rotate')
  @HttpCode(204)
  async rotateSecret(
    @Ctx() ctx: RequestContext,
    @Param('app_id') appId: string,
    @Param('endpoint_id') id: string,
    @Body({ schema: RotateSecret }) body: RotateSecret,
  ): Promise<void> {
    await this.endpoints.rotateSecret(await this.applications.require(ctx, appId), id, body);
  }

  @Get(':endpoint_id/headers')
  async getHeaders(@Ctx() ctx: RequestContext, @Param('app_id') appId: string, @Param('endpoint_id') id: string) {
    return toHeadersJSON(await this.endpoints.headers(await this.applications.require(ctx, appId), id));
  }

  @Put(':endpoint_id/headers')
  @HttpCode(204)
  async updateHeaders(
    @Ctx() ctx: RequestContext,
    @Param('app_id') appId: string,
    @Param('endpoint_id') id: string,
    @Body({ schema: HeadersIn }) body: HeadersIn,
  ): Promise<void> {
    await this.endpoints.setHeaders(await this.applications.require(ctx, appId), id, body.headers);
  }

  @Patch(':endpoint_id/headers')
  @HttpCode(204)
  async patchHeaders(
    @Ctx() ctx: RequestContext,
    @Param('app_id') appId: string,
    @Param('endpoint_id') id: string,
    @Body({ schema: HeadersPatch }) body: HeadersPatch,
  ): Promise<void> {
    await this.endpoints.patchHeaders(await this.applications.require(ctx, appId), id, body);
  }

  @Get(':endpoint_id/stats')
  async stats(
    @Ctx() ctx: RequestContext,
    @Param('app_id') appId: string,
    @Param('endpoint_id') id: string,
    @Query({ schema: StatsQuery }) query: StatsQuery,
  ) {
    return this.endpoints.stats(await this.applications.require(ctx, appId), id, query);
  }

  @Get(':endpoint_id/transformation')
  getTransformation(): never {
    throw noTransformations();
  }

  @Patch(':endpoint_id/transformation')
  patchTransformation(): never {
    throw noTransformations();
  }
}

const noTransformations = () =>
  svixBadRequest('not_supported', 'Transformations are not supported: messages are sent as they are.');
