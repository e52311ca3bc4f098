import { Get, Param, Post, Query, UseGuards } from '@nestjs/common';
import type { OrganizationMembershipRequestJSON } from '@clerk/shared/types';
import type { Page, RequestContext } from '@latchkey/contracts';
import { Ctx, FapiController, Operation } from '@latchkey/http';
import { MemberGuard, RequiresPermission } from '../access/member.guard.js';
import { ListMembershipRequests } from './membership-requests.schemas.js';
import { MembershipRequestsService } from './membership-requests.service.js';

@FapiController('/v1/organizations/:organization_id/membership_requests')
@UseGuards(MemberGuard)
export class MembershipRequestsFapiController {
  constructor(private readonly requests: MembershipRequestsService) {}

  @Get()
  @Operation('listOrganizationMembershipRequests')
  @RequiresPermission('org:sys_memberships:manage')
  list(
    @Ctx() ctx: RequestContext,
    @Param('organization_id') organizationId: string,
    @Query({ schema: ListMembershipRequests }) query: ListMembershipRequests,
  ): Promise<Page<OrganizationMembershipRequestJSON>> {
    return this.requests.list(ctx, organizationId, query);
  }

  @Post('/:request_id/accept')
  @Operation('acceptOrganizationMembershipRequest')
  @RequiresPermission('org:sys_memberships:manage')
  accept(
    @Ctx() ctx: RequestContext,
    @Param('organization_id') organizationId: string,
    @Param('request_id') id: string,
  ): Promise<OrganizationMembershipRequestJSON> {
    return this.requests.accept(ctx, organizationId, id);
  }

  @Post('/:request_id/reject')
  @Operation('rejectOrganizationMembershipRequest')
  @RequiresPermission('org:sys_memberships:manage')
  reject(
    @Ctx() ctx: RequestContext,
    @Param('organization_id') organizationId: string,
    @Param('request_id') id: string,
  ): Promise<OrganizationMembershipRequestJSON> {
    return this.requests.reject(ctx, organizationId, id);
  }
}
