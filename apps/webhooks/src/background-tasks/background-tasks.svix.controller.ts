import { Body, Get, HttpCode, Param, Post, Put, Query } from '@nestjs/common';
import type { RequestContext } from '@latchkey/contracts';
import { Clock } from '@latchkey/core';
import { Ctx } from '@latchkey/http';
import { ApplicationsService } from '../applications/applications.service.js';
import { STATUS } from '../deliveries/deliveries.queries.js';
import { EndpointsService } from '../endpoints/endpoints.service.js';
import { SvixController } from '../svix-api/svix-controller.js';
import { svixBadRequest, svixInvalid } from '../svix-api/svix-errors.js';
import { AppUsage, BulkReplay, ListTasks, Period } from './background-tasks.schemas.js';
import { toTaskJSON } from './background-tasks.serializer.js';
import { BackgroundTasksService, type TaskName } from './background-tasks.service.js';
import type { ReplayFilter } from './background-tasks.queries.js';

const FARTHEST_MS = 14 * 86_400_000;

/** `svix.backgroundTask` */
@SvixController('/background-task')
export class BackgroundTasksSvixController {
  constructor(private readonly tasks: BackgroundTasksService) {}

  @Get()
  async list(@Ctx() ctx: RequestContext, @Query({ schema: ListTasks }) query: ListTasks) {
    return this.tasks.list(ctx, query);
  }

  @Get(':task_id')
  async get(@Ctx() ctx: RequestContext, @Param('task_id') id: string) {
    return toTaskJSON(await this.tasks.require(ctx, id));
  }
}

/** The calls of `svix.endpoint` that send again what was sent before. */
@SvixController('/app/:app_id/endpoint/:endpoint_id')
export class ReplaysSvixController {
  constructor(
    private readonly applications: ApplicationsService,
    private readonly endpoints: EndpointsService,
    private readonly tasks: BackgroundTasksService,
    private readonly clock: Clock,
  ) {}

  @Post('recover')
  @HttpCode(202)
  async recover(
    @Ctx() ctx: RequestContext,
    @Param('app_id') appId: string,
    @Param('endpoint_id') id: string,
    @Body({ schema: Period }) body: Period,
  ) {
    return this.start(ctx, 'endpoint.recover', appId, id, { ...body, status: STATUS.fail });
  }

  @Post('replay-missing')
  @HttpCode(202)
  async replayMissing(
    @Ctx() ctx: RequestContext,
    @Param('app_id') appId: string,
    @Param('endpoint_id') id: string,
    @Body({ schema: Period }) body: Period,
  ) {
    return this.start(ctx, 'endpoint.replay', appId, id, body);
  }

  @Post('bulk-replay')
  @HttpCode(202)
  async bulkReplay(
    @Ctx() ctx: RequestContext,
    @Param('app_id') appId: string,
    @Param('endpoint_id') id: string,
    @Body({ schema: BulkReplay }) body: BulkReplay,
  ) {
    return this.start(ctx, 'endpoint.bulk-replay', appId, id, body);
  }

  private async start(
    ctx: RequestContext,
    task: Extract<TaskName, `endpoint.${string}`>,
    appId: string,
    endpointId: string,
    body: BulkReplay,
  ) {
    const application = await this.applications.require(ctx, appId);
    const endpoint = await this.endpoints.require(application, endpointId);
    if (endpoint.isDisabled) throw svixBadRequest('endpoint_disabled', 'The endpoint is disabled.');
    const until = body.until ?? this.clock.now();
    if (body.since > until) throw svixInvalid('since', 'since must lie before until');
    if (until.getTime() - body.since.getTime() > FARTHEST_MS) {
      throw svixInvalid('since', 'since must lie at most two weeks before until');
    }
    const filter: ReplayFilter = {
      ...body,
      instanceId: ctx.instanceId,
      applicationId: application.id,
      endpointId: endpoint.id,
      since: body.since.toISOString(),
      until: until.toISOString(),
    };
    return toTaskJSON(await this.tasks.start(ctx, task, filter));
  }
}

/** `svix.statistics` */
@SvixController('/stats/usage')
export class StatisticsSvixController {
  constructor(
    private readonly applications: ApplicationsService,
    private readonly tasks: BackgroundTasksService,
  ) {}

  @Post('app')
  @HttpCode(202)
  async apps(@Ctx() ctx: RequestContext, @Body({ schema: AppUsage }) body: AppUsage) {
    const asked = body.appIds ?? (await this.applications.ids(ctx));
    const found = await Promise.all(asked.map((id) => this.applications.find(ctx, id)));
    const applicationIds = found.flatMap((application) => (application ? [application.id] : []));
    if (applicationIds.length === 0) throw svixInvalid('appIds', 'None of these applications exists');
    const task = await this.tasks.start(ctx, 'application.stats', {
      applicationIds,
      since: body.since.toISOString(),
      until: body.until.toISOString(),
    });
    return { ...toTaskJSON(task), unresolvedAppIds: asked.filter((_, index) => !found[index]) };
  }

  @Put('event-types')
  @HttpCode(202)
  async eventTypes(@Ctx() ctx: RequestContext) {
    return toTaskJSON(await this.tasks.start(ctx, 'event-type.aggregate', {}));
  }
}
