import { Body, Delete, Get, Param, Patch, Post, Query, UseGuards } from '@nestjs/common';
import type { DeletedObjectJSON, OrganizationMembershipJSON } from '@clerk/shared/types';
import type { Page, RequestContext } from '@latchkey/contracts';
import { Ctx, FapiController, Operation, toList } from '@latchkey/http';
import { MemberGuard, RequiresPermission } from '../access/member.guard.js';
import { AddMember, ListMembers, ListOwnMemberships, UpdateMembership } from './memberships.schemas.js';
import { toOwnMembershipJSON } from './memberships.serializer.js';
import { MembershipsService } from './memberships.service.js';

@FapiController('/v1/organizations/:organization_id/memberships')
@UseGuards(MemberGuard)
export class MembershipsFapiController {
  constructor(private readonly memberships: MembershipsService) {}

  @Get()
  @Operation('ListOrganizationMemberships')
  @RequiresPermission('org:sys_memberships:read', 'org:sys_memberships:manage')
  async list(
    @Ctx() ctx: RequestContext,
    @Param('organization_id') organizationId: string,
    @Query({ schema: ListMembers }) query: ListMembers,
  ): Promise<Page<OrganizationMembershipJSON> | OrganizationMembershipJSON[]> {
    const page = await this.memberships.list(ctx, organizationId, { ...query, order_by: '-created_at' });
    return toList(page, query.paginated, toOwnMembershipJSON);
  }

  @Post()
  @Operation('CreateOrganizationMembership')
  @RequiresPermission('org:sys_memberships:manage')
  async create(
    @Ctx() ctx: RequestContext,
    @Param('organization_id') organizationId: string,
    @Body({ schema: AddMember }) body: AddMember,
  ): Promise<OrganizationMembershipJSON> {
    const input = { ...body, public_metadata: {}, private_metadata: {} };
    return toOwnMembershipJSON(await this.memberships.create(ctx, organizationId, input));
  }

  @Patch('/:user_id')
  @Operation('UpdateOrganizationMembership')
  @RequiresPermission('org:sys_memberships:manage')
  async update(
    @Ctx() ctx: RequestContext,
    @Param('organization_id') organizationId: string,
    @Param('user_id') userId: string,
    @Body({ schema: UpdateMembership }) body: UpdateMembership,
  ): Promise<OrganizationMembershipJSON> {
    return toOwnMembershipJSON(await this.memberships.update(ctx, organizationId, userId, body.role));
  }

  @Delete('/:user_id')
  @Operation('removeOrganizationMember')
  @RequiresPermission('org:sys_memberships:manage')
  async remove(
    @Ctx() ctx: RequestContext,
    @Param('organization_id') organizationId: string,
    @Param('user_id') userId: string,
  ): Promise<OrganizationMembershipJSON> {
    return toOwnMembershipJSON(await this.memberships.delete(ctx, organizationId, userId));
  }
}

@FapiController('/v1/me/organization_memberships')
export class OwnMembershipsFapiController {
  constructor(private readonly memberships: MembershipsService) {}

  @Get()
  @Operation('getOrganizationMemberships')
  async list(
    @Ctx() ctx: RequestContext,
    @Query({ schema: ListOwnMemberships }) query: ListOwnMemberships,
  ): Promise<Page<OrganizationMembershipJSON> | OrganizationMembershipJSON[]> {
    return toList(await this.memberships.listOfUser(ctx, ctx.userId!, query), query.paginated, toOwnMembershipJSON);
  }

  @Delete('/:organization_id')
  @Operation('deleteOrganizationMemberships')
  async leave(
    @Ctx() ctx: RequestContext,
    @Param('organization_id') organizationId: string,
  ): Promise<DeletedObjectJSON> {
    const { row } = await this.memberships.leave(ctx, organizationId);
    return { object: 'organization_membership', id: row.id, deleted: true };
  }
}
