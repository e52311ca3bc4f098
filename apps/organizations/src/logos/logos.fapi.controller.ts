import { Delete, Get, Param, Put, Query, Res, UseGuards } from '@nestjs/common';
import type { OrganizationJSON } from '@clerk/shared/types';
import type { RequestContext } from '@latchkey/contracts';
import { Ctx, FapiController, Operation, Upload, type UploadedFile } from '@latchkey/http';
import { ImageQuery, pictureHeaders } from '@latchkey/pictures';
import type { FastifyReply } from 'fastify';
import { MemberGuard, RequiresPermission } from '../access/member.guard.js';
import { OrganizationsReader } from '../organizations/organizations.reader.js';
import { LogosService } from './logos.service.js';

@FapiController('/v1/organizations/:organization_id/logo')
@UseGuards(MemberGuard)
export class LogosFapiController {
  constructor(
    private readonly logos: LogosService,
    private readonly organizations: OrganizationsReader,
  ) {}

  @Put()
  @Operation('updateOrganizationLogo')
  @RequiresPermission('org:sys_profile:manage')
  async set(
    @Ctx() ctx: RequestContext,
    @Param('organization_id') id: string,
    @Upload() file: UploadedFile,
  ): Promise<OrganizationJSON> {
    return this.organizations.showOwn(ctx, await this.logos.set(ctx, id, file));
  }

  /** SDKs read an organization where the contract names a deleted object: the answer is both. */
  @Delete()
  @Operation('deleteOrganizationLogo')
  @RequiresPermission('org:sys_profile:manage')
  async remove(
    @Ctx() ctx: RequestContext,
    @Param('organization_id') id: string,
  ): Promise<OrganizationJSON & { deleted: true }> {
    return { ...(await this.organizations.showOwn(ctx, await this.logos.remove(ctx, id))), deleted: true };
  }
}

@FapiController('/v1/images/organizations')
export class LogoImagesFapiController {
  constructor(private readonly logos: LogosService) {}

  @Get('/:image_id')
  @Operation('getOrganizationImage')
  async get(
    @Ctx() ctx: RequestContext,
    @Param('image_id') id: string,
    @Query({ schema: ImageQuery }) query: ImageQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Buffer> {
    const picture = await this.logos.get(ctx, id, query);
    reply.headers(pictureHeaders(picture));
    return picture.bytes;
  }
}
