import { Get, Patch } from '@nestjs/common';
import type { EnvironmentJSON } from '@clerk/shared/types';
import type { RequestContext } from '@latchkey/contracts';
import { Ctx, FapiController, Operation } from '@latchkey/http';
import { InstancesService } from '../instances/instances.service.js';
import { toEnvironmentJSON } from './environment.serializer.js';

@FapiController('/v1/environment')
export class EnvironmentFapiController {
  constructor(private readonly instances: InstancesService) {}

  @Get()
  @Operation('getEnvironment')
  async get(@Ctx() ctx: RequestContext): Promise<EnvironmentJSON> {
    return toEnvironmentJSON(await this.instances.require(ctx.instanceId), await this.instances.isTestMode(ctx));
  }

  /** What clerk-js asks for in development, so that the origin could be noted; nothing here needs it. */
  @Patch()
  @Operation('updateEnvironment')
  update(@Ctx() ctx: RequestContext): Promise<EnvironmentJSON> {
    return this.get(ctx);
  }
}
