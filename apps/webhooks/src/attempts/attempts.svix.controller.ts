import { Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import type { RequestContext } from '@latchkey/contracts';
import { Ctx } from '@latchkey/http';
import { ApplicationsService } from '../applications/applications.service.js';
import { SvixController } from '../svix-api/svix-controller.js';
import {
  GetAttempt,
  ListAttemptedMessages,
  ListByEndpoint,
  ListByMessage,
  ListDestinations,
} from './attempts.schemas.js';
import { toAttemptJSON } from './attempts.serializer.js';
import { AttemptsService } from './attempts.service.js';

/** `svix.messageAttempt` */
@SvixController('/app/:app_id')
export class AttemptsSvixController {
  constructor(
    private readonly applications: ApplicationsService,
    private readonly attempts: AttemptsService,
  ) {}

  @Get('attempt/endpoint/:endpoint_id')
  async listByEndpoint(
    @Ctx() ctx: RequestContext,
    @Param('app_id') appId: string,
    @Param('endpoint_id') id: string,
    @Query({ schema: ListByEndpoint }) query: ListByEndpoint,
  ) {
    return this.attempts.listByEndpoint(await this.applications.require(ctx, appId), id, query);
  }

  @Get('attempt/msg/:msg_id')
  async listByMessage(
    @Ctx() ctx: RequestContext,
    @Param('app_id') appId: string,
    @Param('msg_id') id: string,
    @Query({ schema: ListByMessage }) query: ListByMessage,
  ) {
    return this.attempts.listByMessage(await this.applications.require(ctx, appId), id, query);
  }

  @Get('endpoint/:endpoint_id/msg')
  async listMessages(
    @Ctx() ctx: RequestContext,
    @Param('app_id') appId: string,
    @Param('endpoint_id') id: string,
    @Query({ schema: ListAttemptedMessages }) query: ListAttemptedMessages,
  ) {
    return this.attempts.listMessages(await this.applications.require(ctx, appId), id, query);
  }

  @Get('msg/:msg_id/endpoint')
  async listDestinations(
    @Ctx() ctx: RequestContext,
    @Param('app_id') appId: string,
    @Param('msg_id') id: string,
    @Query({ schema: ListDestinations }) query: ListDestinations,
  ) {
    return this.attempts.listDestinations(await this.applications.require(ctx, appId), id, query);
  }

  @Get('msg/:msg_id/attempt/:attempt_id')
  async get(
    @Ctx() ctx: RequestContext,
    @Param('app_id') appId: string,
    @Param('msg_id') messageId: string,
    @Param('attempt_id') id: string,
    @Query({ schema: GetAttempt }) query: GetAttempt,
  ) {
    const row = await this.attempts.require(await this.applications.require(ctx, appId), messageId, id);
    return toAttemptJSON(row, { isExpanded: query.expanded_statuses, withContent: true, withMessage: false });
  }

  @Delete('msg/:msg_id/attempt/:attempt_id/content')
  @HttpCode(204)
  async expunge(
    @Ctx() ctx: RequestContext,
    @Param('app_id') appId: string,
    @Param('msg_id') messageId: string,
    @Param('attempt_id') id: string,
  ): Promise<void> {
    await this.attempts.expunge(await this.applications.require(ctx, appId), messageId, id);
  }

  @Post('msg/:msg_id/endpoint/:endpoint_id/resend')
  @HttpCode(202)
  async resend(
    @Ctx() ctx: RequestContext,
    @Param('app_id') appId: string,
    @Param('msg_id') messageId: string,
    @Param('endpoint_id') endpointId: string,
  ): Promise<object> {
    await this.attempts.resend(await this.applications.require(ctx, appId), messageId, endpointId);
    return {};
  }
}
