import { Body, Patch } from '@nestjs/common';
import type { EnvironmentJSON } from '@clerk/shared/types';
import type { RequestContext } from '@latchkey/contracts';
import { Ctx, FapiController, Operation } from '@latchkey/http';
import { EnvironmentService } from '../environment/environment.service.js';
import { EnableEnvironmentSetting } from './instance-settings.schemas.js';
import { InstanceSettingsService } from './instance-settings.service.js';

/** What the SDK's UI offers a developer who uses something that is switched off. */
@FapiController('/v1/dev_tools')
export class DevToolsFapiController {
  constructor(
    private readonly settings: InstanceSettingsService,
    private readonly environment: EnvironmentService,
  ) {}

  @Patch('/enable_environment_setting')
  @Operation('enableEnvironmentSetting')
  async enable(
    @Ctx() ctx: RequestContext,
    @Body({ schema: EnableEnvironmentSetting }) body: EnableEnvironmentSetting,
  ): Promise<EnvironmentJSON> {
    await this.settings.enable(ctx, body);
    return this.environment.get(ctx);
  }
}
