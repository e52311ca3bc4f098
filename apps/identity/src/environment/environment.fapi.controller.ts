import { Get, Patch } from '@nestjs/common';
import type { EnvironmentJSON } from '@clerk/shared/types';
import type { RequestContext } from '@latchkey/contracts';
import { Ctx, FapiController, Operation } from '@latchkey/http';
import { EnvironmentService } from './environment.service.js';

@FapiController('/v1/environment')
export class EnvironmentFapiController {
  constructor(private readonly environment: EnvironmentService) {}

  @Get()
  @Operation('getEnvironment')
  get(@Ctx() ctx: RequestContext): Promise<EnvironmentJSON> {
    return this.environment.get(ctx);
  }

  /** What clerk-js asks for in development, so that the origin could be noted; nothing here needs it. */
  @Patch()
  @Operation('updateEnvironment')
  update(@Ctx() ctx: RequestContext): Promise<EnvironmentJSON> {
    return this.environment.get(ctx);
  }
}
