import { Body, Get, Param, Post, Query } from '@nestjs/common';
import type { OrganizationInvitationJSON } from '@clerk/backend';
import type { Page, RequestContext } from '@latchkey/contracts';
import { BapiController, Ctx, Operation, toPage } from '@latchkey/http';
import { InvitationsReader } from './invitations.reader.js';
import {
  CreateInvitation,
  CreateInvitations,
  ListInvitations,
  ListInvitationsOfInstance,
  ListInvitationsOfUser,
  ListPending,
  RevokeInvitation,
} from './invitations.schemas.js';
import { toInvitationJSON, toInvitationWithOrganizationJSON } from './invitations.serializer.js';
import { InvitationsService } from './invitations.service.js';

@BapiController('/v1/organizations/:organization_id/invitations')
export class InvitationsBapiController {
  constructor(
    private readonly invitations: InvitationsService,
    private readonly reader: InvitationsReader,
  ) {}

  @Get()
  @Operation('ListOrganizationInvitations')
  async list(
    @Ctx() ctx: RequestContext,
    @Param('organization_id') organizationId: string,
    @Query({ schema: ListInvitations }) query: ListInvitations,
  ): Promise<Page<OrganizationInvitationJSON>> {
    return toPage(await this.reader.list(ctx, organizationId, query), toInvitationJSON);
  }

  @Get('/pending')
  @Operation('ListPendingOrganizationInvitations')
  async listPending(
    @Ctx() ctx: RequestContext,
    @Param('organization_id') organizationId: string,
    @Query({ schema: ListPending }) query: ListPending,
  ): Promise<Page<OrganizationInvitationJSON>> {
    const pending = { ...query, status: ['pending' as const], order_by: '-created_at' };
    return toPage(await this.reader.list(ctx, organizationId, pending), toInvitationJSON);
  }

  @Post()
  @Operation('CreateOrganizationInvitation')
  async create(
    @Ctx() ctx: RequestContext,
    @Param('organization_id') organizationId: string,
    @Body({ schema: CreateInvitation }) body: CreateInvitation,
  ): Promise<OrganizationInvitationJSON> {
    return toInvitationJSON(await this.invitations.create(ctx, organizationId, body));
  }

  @Post('/bulk')
  @Operation('CreateOrganizationInvitationBulk')
  async createBulk(
    @Ctx() ctx: RequestContext,
    @Param('organization_id') organizationId: string,
    @Body({ schema: CreateInvitations }) body: CreateInvitations,
  ): Promise<Page<OrganizationInvitationJSON>> {
    const rows = await this.invitations.createBulk(ctx, organizationId, body);
    return toPage({ rows, total: rows.length }, toInvitationJSON);
  }

  @Get('/:invitation_id')
  @Operation('GetOrganizationInvitation')
  async get(
    @Ctx() ctx: RequestContext,
    @Param('organization_id') organizationId: string,
    @Param('invitation_id') id: string,
  ): Promise<OrganizationInvitationJSON> {
    return toInvitationJSON(await this.reader.get(ctx, organizationId, id));
  }

  @Post('/:invitation_id/revoke')
  @Operation('RevokeOrganizationInvitation')
  async revoke(
    @Ctx() ctx: RequestContext,
    @Param('organization_id') organizationId: string,
    @Param('invitation_id') id: string,
    @Body({ schema: RevokeInvitation }) body: RevokeInvitation,
  ): Promise<OrganizationInvitationJSON> {
    return toInvitationJSON(await this.invitations.revoke(ctx, organizationId, id, body.requesting_user_id));
  }
}

@BapiController('/v1')
export class AllInvitationsBapiController {
  constructor(private readonly reader: InvitationsReader) {}

  @Get('/organization_invitations')
  @Operation('ListInstanceOrganizationInvitations')
  async listOfInstance(
    @Ctx() ctx: RequestContext,
    @Query({ schema: ListInvitationsOfInstance }) query: ListInvitationsOfInstance,
  ): Promise<Page<OrganizationInvitationJSON>> {
    return toPage(await this.reader.listOfInstance(ctx, query), toInvitationWithOrganizationJSON);
  }

  @Get('/users/:user_id/organization_invitations')
  @Operation('UsersGetOrganizationInvitations')
  async listOfUser(
    @Ctx() ctx: RequestContext,
    @Param('user_id') userId: string,
    @Query({ schema: ListInvitationsOfUser }) query: ListInvitationsOfUser,
  ): Promise<Page<OrganizationInvitationJSON>> {
    return toPage(await this.reader.listOfUser(ctx, userId, query), toInvitationWithOrganizationJSON);
  }
}
