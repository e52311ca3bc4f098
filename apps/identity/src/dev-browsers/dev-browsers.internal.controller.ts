import { Get, Param } from '@nestjs/common';
import type { RequestContext } from '@latchkey/contracts';
import { Ctx, InternalController } from '@latchkey/http';
import { DevBrowsersService } from './dev-browsers.service.js';

/** What the gateway asks about development browsers. */
@InternalController('/dev_browsers')
export class DevBrowsersInternalController {
  constructor(private readonly devBrowsers: DevBrowsersService) {}

  @Get('/:dev_browser_id')
  async find(
    @Ctx() ctx: RequestContext,
    @Param('dev_browser_id') id: string,
  ): Promise<{ client_id: string | null } | null> {
    const row = await this.devBrowsers.find(ctx, id);
    return row && { client_id: row.clientId };
  }
}
