import { Body, Get, Param, Post, Query, UseGuards } from '@nestjs/common';
import type { OrganizationInvitationJSON, UserOrganizationInvitationJSON } from '@clerk/shared/types';
import type { Page, RequestContext } from '@latchkey/contracts';
import { Ctx, FapiController, Operation, toPage } from '@latchkey/http';
import { MemberGuard, RequiresPermission } from '../access/member.guard.js';
import { InvitationAcceptanceService } from './invitation-acceptance.service.js';
import { InvitationsReader } from './invitations.reader.js';
import {
  InviteMember,
  InviteMembers,
  ListInvitations,
  ListInvitationsOfUser,
  type CreateInvitation,
} from './invitations.schemas.js';
import { toInvitedJSON, toOwnInvitationJSON } from './invitations.serializer.js';
import { InvitationsService } from './invitations.service.js';

@FapiController('/v1/organizations/:organization_id/invitations')
@UseGuards(MemberGuard)
export class InvitationsFapiController {
  constructor(
    private readonly invitations: InvitationsService,
    private readonly reader: InvitationsReader,
  ) {}

  @Get()
  @Operation('getOrganizationInvitations')
  @RequiresPermission('org:sys_memberships:manage')
  async list(
    @Ctx() ctx: RequestContext,
    @Param('organization_id') organizationId: string,
    @Query({ schema: ListInvitations }) query: ListInvitations,
  ): Promise<Page<OrganizationInvitationJSON>> {
    return toPage(await this.reader.list(ctx, organizationId, query), toOwnInvitationJSON);
  }

  /** The contract's oldest list: all of them, without pages. */
  @Get('/pending')
  @Operation('getAllPendingOrganizationInvitations')
  @RequiresPermission('org:sys_memberships:manage')
  async listPending(
    @Ctx() ctx: RequestContext,
    @Param('organization_id') organizationId: string,
  ): Promise<OrganizationInvitationJSON[]> {
    const query = { limit: 500, offset: 0, status: ['pending' as const], order_by: '-created_at' };
    return (await this.reader.list(ctx, organizationId, query)).rows.map(toOwnInvitationJSON);
  }

  @Post()
  @Operation('createOrganizationInvitations')
  @RequiresPermission('org:sys_memberships:manage')
  async create(
    @Ctx() ctx: RequestContext,
    @Param('organization_id') organizationId: string,
    @Body({ schema: InviteMember }) body: InviteMember,
  ): Promise<OrganizationInvitationJSON> {
    return toOwnInvitationJSON(await this.invitations.create(ctx, organizationId, fromMember(ctx, body)));
  }

  @Post('/bulk')
  @Operation('bulkCreateOrganizationInvitations')
  @RequiresPermission('org:sys_memberships:manage')
  async createBulk(
    @Ctx() ctx: RequestContext,
    @Param('organization_id') organizationId: string,
    @Body({ schema: InviteMembers }) body: InviteMembers,
  ): Promise<OrganizationInvitationJSON[]> {
    const inputs = body.email_address.map((email_address) => fromMember(ctx, { ...body, email_address }));
    return (await this.invitations.createBulk(ctx, organizationId, inputs)).map(toOwnInvitationJSON);
  }

  @Post('/:invitation_id/revoke')
  @Operation('revokePendingOrganizationInvitation')
  @RequiresPermission('org:sys_memberships:manage')
  async revoke(
    @Ctx() ctx: RequestContext,
    @Param('organization_id') organizationId: string,
    @Param('invitation_id') id: string,
  ): Promise<OrganizationInvitationJSON> {
    return toOwnInvitationJSON(await this.invitations.revoke(ctx, organizationId, id));
  }
}

@FapiController('/v1/me/organization_invitations')
export class OwnInvitationsFapiController {
  constructor(
    private readonly reader: InvitationsReader,
    private readonly acceptance: InvitationAcceptanceService,
  ) {}

  @Get()
  @Operation('getUsersOrganizationInvitations')
  async list(
    @Ctx() ctx: RequestContext,
    @Query({ schema: ListInvitationsOfUser }) query: ListInvitationsOfUser,
  ): Promise<Page<UserOrganizationInvitationJSON>> {
    return toPage(await this.reader.listOfUser(ctx, ctx.userId!, query), toInvitedJSON);
  }

  @Post('/:invitation_id/accept')
  @Operation('acceptOrganizationInvitation')
  async accept(
    @Ctx() ctx: RequestContext,
    @Param('invitation_id') id: string,
  ): Promise<UserOrganizationInvitationJSON> {
    return toInvitedJSON(await this.acceptance.accept(ctx, id));
  }
}

const fromMember = (ctx: RequestContext, body: InviteMember): CreateInvitation => ({
  email_address: body.email_address,
  role: body.role,
  notify: body.notify,
  inviter_user_id: ctx.userId,
  public_metadata: {},
  private_metadata: {},
  expires_in_days: 30,
});
