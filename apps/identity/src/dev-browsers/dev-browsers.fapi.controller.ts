import { Post } from '@nestjs/common';
import type { RequestContext } from '@latchkey/contracts';
import { Ctx, FapiController, Operation } from '@latchkey/http';
import { DevBrowsersService } from './dev-browsers.service.js';

@FapiController('/v1/dev_browser')
export class DevBrowsersFapiController {
  constructor(private readonly devBrowsers: DevBrowsersService) {}

  @Post()
  @Operation('createDevBrowser')
  async create(@Ctx() ctx: RequestContext): Promise<object> {
    const { row, token } = await this.devBrowsers.create(ctx);
    // clerk-js takes `id` for the token itself.
    return {
      object: 'dev_browser',
      id: token,
      instance_id: ctx.instanceId,
      token,
      client_id: row.clientId,
      created_at: row.createdAt.toISOString(),
      updated_at: row.updatedAt.toISOString(),
    };
  }
}
