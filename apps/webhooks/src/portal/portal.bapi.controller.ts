import { Delete, Post } from '@nestjs/common';
import type { RequestContext } from '@latchkey/contracts';
import { BapiController, Ctx, Operation } from '@latchkey/http';
import { PortalService } from './portal.service.js';

@BapiController('/v1/webhooks')
export class PortalBapiController {
  constructor(private readonly portal: PortalService) {}

  @Post('svix')
  @Operation('CreateSvixApp')
  async create(@Ctx() ctx: RequestContext) {
    return { svix_url: await this.portal.createApp(ctx) };
  }

  @Delete('svix')
  @Operation('DeleteSvixApp')
  async delete(@Ctx() ctx: RequestContext): Promise<void> {
    await this.portal.deleteApp(ctx);
  }

  @Post('svix_url')
  @Operation('GenerateSvixAuthURL')
  async authUrl(@Ctx() ctx: RequestContext) {
    return { svix_url: await this.portal.authUrl(ctx) };
  }
}
