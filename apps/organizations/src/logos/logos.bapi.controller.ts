import { Delete, Param, Put } from '@nestjs/common';
import type { OrganizationJSON } from '@clerk/backend';
import type { RequestContext } from '@latchkey/contracts';
import { BapiController, Ctx, Operation, Upload, type UploadedFile } from '@latchkey/http';
import { OrganizationsReader } from '../organizations/organizations.reader.js';
import { LogosService } from './logos.service.js';

@BapiController('/v1/organizations/:organization_id/logo')
export class LogosBapiController {
  constructor(
    private readonly logos: LogosService,
    private readonly organizations: OrganizationsReader,
  ) {}

  /** Who uploads it (`uploader_user_id`) is not kept. */
  @Put()
  @Operation('UploadOrganizationLogo')
  async set(
    @Ctx() ctx: RequestContext,
    @Param('organization_id') id: string,
    @Upload() file: UploadedFile,
  ): Promise<OrganizationJSON & { logo_url: string }> {
    const shown = await this.organizations.show(ctx, await this.logos.set(ctx, id, file));
    return { ...shown, logo_url: shown.image_url! };
  }

  @Delete()
  @Operation('DeleteOrganizationLogo')
  async remove(@Ctx() ctx: RequestContext, @Param('organization_id') id: string): Promise<OrganizationJSON> {
    return this.organizations.show(ctx, await this.logos.remove(ctx, id));
  }
}
