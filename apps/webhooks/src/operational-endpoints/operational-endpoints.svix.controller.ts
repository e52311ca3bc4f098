import { Body, Delete, Get, HttpCode, Param, Post, Put, Query } from '@nestjs/common';
import type { RequestContext } from '@latchkey/contracts';
import { Ctx } from '@latchkey/http';
import { ApplicationsService } from '../applications/applications.service.js';
import { EndpointIn, EndpointUpdate, HeadersIn, ListEndpoints, RotateSecret } from '../endpoints/endpoints.schemas.js';
import { toEndpointJSON, toHeadersJSON, type EndpointJSON } from '../endpoints/endpoints.serializer.js';
import { EndpointsService } from '../endpoints/endpoints.service.js';
import { SvixController } from '../svix-api/svix-controller.js';

/** `svix.operationalWebhook.endpoint`: endpoints that hear of the delivery itself. They are endpoints like all others. */
@SvixController('/operational-webhook/endpoint')
export class OperationalSvixController {
  constructor(
    private readonly applications: ApplicationsService,
    private readonly endpoints: EndpointsService,
  ) {}

  @Get()
  async list(@Ctx() ctx: RequestContext, @Query({ schema: ListEndpoints }) query: ListEndpoints) {
    const list = await this.endpoints.list(await this.applications.operational(ctx), query);
    return { ...list, data: list.data.map(narrowed) };
  }

  @Post()
  async create(@Ctx() ctx: RequestContext, @Body({ schema: EndpointIn }) body: EndpointIn) {
    return narrowed(toEndpointJSON(await this.endpoints.create(await this.applications.operational(ctx), body)));
  }

  @Get(':endpoint_id')
  async get(@Ctx() ctx: RequestContext, @Param('endpoint_id') id: string) {
    return narrowed(toEndpointJSON(await this.endpoints.require(await this.applications.operational(ctx), id)));
  }

  @Put(':endpoint_id')
  async update(
    @Ctx() ctx: RequestContext,
    @Param('endpoint_id') id: string,
    @Body({ schema: EndpointUpdate }) body: EndpointUpdate,
  ) {
    return narrowed(toEndpointJSON(await this.endpoints.update(await this.applications.operational(ctx), id, body)));
  }

  @Delete(':endpoint_id')
  @HttpCode(204)
  async delete(@Ctx() ctx: RequestContext, @Param('endpoint_id') id: string): Promise<void> {
    await this.endpoints.delete(await this.applications.operational(ctx), id);
  }

  @Get(':endpoint_id/secret')
  async getSecret(@Ctx() ctx: RequestContext, @Param('endpoint_id') id: string) {
    return { key: await this.endpoints.secret(await this.applications.operational(ctx), id) };
  }

  @Post(':endpoint_id/secret/rotate')
  @HttpCode(204)
  async rotateSecret(
    @Ctx() ctx: RequestContext,
    @Param('endpoint_id') id: string,
    @Body({ schema: RotateSecret }) body: RotateSecret,
  ): Promise<void> {
    await this.endpoints.rotateSecret(await this.applications.operational(ctx), id, body);
  }

  @Get(':endpoint_id/headers')
  async getHeaders(@Ctx() ctx: RequestContext, @Param('endpoint_id') id: string) {
    return toHeadersJSON(await this.endpoints.headers(await this.applications.operational(ctx), id));
  }

  @Put(':endpoint_id/headers')
  @HttpCode(204)
  async updateHeaders(
    @Ctx() ctx: RequestContext,
    @Param('endpoint_id') id: string,
    @Body({ schema: HeadersIn }) body: HeadersIn,
  ): Promise<void> {
    await this.endpoints.setHeaders(await this.applications.operational(ctx), id, body.headers);
  }
}

/** Operational endpoints have neither channels nor versions. */
function narrowed({ channels: _channels, version: _version, ...endpoint }: EndpointJSON) {
  return endpoint;
}
