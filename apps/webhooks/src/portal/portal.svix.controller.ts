import { Body, HttpCode, Param, Post } from '@nestjs/common';
import type { RequestContext } from '@latchkey/contracts';
import { Ctx } from '@latchkey/http';
import { SvixController } from '../svix-api/svix-controller.js';
import { notCapable } from './portal.errors.js';
import { ExpireAllIn, PortalAccessIn } from './portal.schemas.js';
import { PortalService } from './portal.service.js';

/** `svix.authentication` */
@SvixController('/auth')
export class PortalSvixController {
  constructor(private readonly portal: PortalService) {}

  @Post('app-portal-access/:app_id')
  @HttpCode(200)
  async access(
    @Ctx() ctx: RequestContext,
    @Param('app_id') appId: string,
    @Body({ schema: PortalAccessIn }) body: PortalAccessIn,
  ) {
    return this.portal.access(ctx, appId, body);
  }

  /** The older name of the above. */
  @Post('dashboard-access/:app_id')
  @HttpCode(200)
  async dashboardAccess(@Ctx() ctx: RequestContext, @Param('app_id') appId: string) {
    return this.portal.access(ctx, appId, PortalAccessIn.parse({}));
  }

  @Post('app/:app_id/expire-all')
  @HttpCode(204)
  async expireAll(
    @Ctx() ctx: RequestContext,
    @Param('app_id') appId: string,
    @Body({ schema: ExpireAllIn }) body: ExpireAllIn,
  ): Promise<void> {
    await this.portal.expireAll(ctx, appId, body);
  }

  /** A secret key is no session that could be ended; the portal's tokens are answered below the portal's own address. */
  @Post('logout')
  logout(): never {
    throw notCapable();
  }
}
