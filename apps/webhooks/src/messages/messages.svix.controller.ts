import { Body, Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import type { RequestContext } from '@latchkey/contracts';
import { Ctx } from '@latchkey/http';
import { ApplicationsService } from '../applications/applications.service.js';
import { BackgroundTasksService } from '../background-tasks/background-tasks.service.js';
import { toTaskJSON } from '../background-tasks/background-tasks.serializer.js';
import { EndpointsService } from '../endpoints/endpoints.service.js';
import { ExampleIn } from '../event-types/event-types.schemas.js';
import { SvixController } from '../svix-api/svix-controller.js';
import { ContentQuery, ListMessages, MessageIn, Precheck } from './messages.schemas.js';
import { toMessageJSON } from './messages.serializer.js';
import { MessagesService } from './messages.service.js';

/** `svix.endpoint.sendExample` */
@SvixController('/app/:app_id/endpoint/:endpoint_id/send-example')
export class ExamplesSvixController {
  constructor(
    private readonly applications: ApplicationsService,
    private readonly endpoints: EndpointsService,
    private readonly messages: MessagesService,
  ) {}

  @Post()
  @HttpCode(202)
  async send(
    @Ctx() ctx: RequestContext,
    @Param('app_id') appId: string,
    @Param('endpoint_id') id: string,
    @Body({ schema: ExampleIn }) body: ExampleIn,
  ) {
    const endpoint = await this.endpoints.require(await this.applications.require(ctx, appId), id);
    return toMessageJSON(await this.messages.sendExample(ctx, endpoint, body));
  }
}

/** `svix.message` */
@SvixController('/app/:app_id/msg')
export class MessagesSvixController {
  constructor(
    private readonly applications: ApplicationsService,
    private readonly messages: MessagesService,
    private readonly tasks: BackgroundTasksService,
  ) {}

  @Get()
  async list(
    @Ctx() ctx: RequestContext,
    @Param('app_id') appId: string,
    @Query({ schema: ListMessages }) query: ListMessages,
  ) {
    return this.messages.list(await this.applications.require(ctx, appId), query);
  }

  @Post()
  @HttpCode(202)
  async create(
    @Ctx() ctx: RequestContext,
    @Param('app_id') appId: string,
    @Query({ schema: ContentQuery }) query: ContentQuery,
    @Body({ schema: MessageIn }) body: MessageIn,
  ) {
    return toMessageJSON(await this.messages.create(ctx, appId, body), query.with_content);
  }

  @Post('precheck/active')
  @HttpCode(200)
  async precheck(
    @Ctx() ctx: RequestContext,
    @Param('app_id') appId: string,
    @Body({ schema: Precheck }) body: Precheck,
  ) {
    return { active: await this.messages.precheck(await this.applications.require(ctx, appId), body) };
  }

  @Post('expunge-all-contents')
  @HttpCode(202)
  async expungeAll(@Ctx() ctx: RequestContext, @Param('app_id') appId: string) {
    const application = await this.applications.require(ctx, appId);
    return toTaskJSON(await this.tasks.start(ctx, 'application.purge_content', { applicationId: application.id }));
  }

  @Get(':msg_id')
  async get(
    @Ctx() ctx: RequestContext,
    @Param('app_id') appId: string,
    @Param('msg_id') id: string,
    @Query({ schema: ContentQuery }) query: ContentQuery,
  ) {
    return toMessageJSON(
      await this.messages.require(await this.applications.require(ctx, appId), id),
      query.with_content,
    );
  }

  @Delete(':msg_id/content')
  @HttpCode(204)
  async expunge(
    @Ctx() ctx: RequestContext,
    @Param('app_id') appId: string,
    @Param('msg_id') id: string,
  ): Promise<void> {
    await this.messages.expunge(await this.applications.require(ctx, appId), id);
  }
}
