import { Get, Param, Query, UseGuards } from '@nestjs/common';
import type { RoleJSON } from '@clerk/shared/types';
import type { Page, RequestContext } from '@latchkey/contracts';
import { Ctx, FapiController, Operation, toPage } from '@latchkey/http';
import { MemberGuard } from '../access/member.guard.js';
import { ListOwnRoles } from './roles.schemas.js';
import { toOwnRoleJSON } from './roles.serializer.js';
import { RolesService } from './roles.service.js';

@FapiController('/v1/organizations/:organization_id/roles')
@UseGuards(MemberGuard)
export class RolesFapiController {
  constructor(private readonly roles: RolesService) {}

  @Get()
  @Operation('ListOrganizationRoles')
  async list(
    @Ctx() ctx: RequestContext,
    @Param('organization_id') organizationId: string,
    @Query({ schema: ListOwnRoles }) query: ListOwnRoles,
  ): Promise<Page<RoleJSON> & { has_role_set_migration: boolean }> {
    const page = await this.roles.listOfOrganization(ctx, organizationId, query);
    // Role sets are exchanged in one transaction, so nobody ever sees a migration under way.
    return { ...toPage(page, toOwnRoleJSON), has_role_set_migration: false };
  }
}
