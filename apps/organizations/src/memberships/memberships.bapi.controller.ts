import { Body, Delete, Get, Param, Patch, Post, Query } from '@nestjs/common';
import type { OrganizationMembershipJSON } from '@clerk/backend';
import type { Page, RequestContext } from '@latchkey/contracts';
import { BapiController, Ctx, Operation, toPage } from '@latchkey/http';
import {
  CreateMembership,
  ListMemberships,
  ListMembershipsOfInstance,
  ListMembershipsOfUser,
  MembershipMetadata,
  UpdateMembership,
} from './memberships.schemas.js';
import { toMembershipJSON } from './memberships.serializer.js';
import { MembershipsService } from './memberships.service.js';

@BapiController('/v1/organizations/:organization_id/memberships')
export class MembershipsBapiController {
  constructor(private readonly memberships: MembershipsService) {}

  @Get()
  @Operation('ListOrganizationMemberships')
  async list(
    @Ctx() ctx: RequestContext,
    @Param('organization_id') organizationId: string,
    @Query({ schema: ListMemberships }) query: ListMemberships,
  ): Promise<Page<OrganizationMembershipJSON>> {
    return toPage(await this.memberships.list(ctx, organizationId, query), toMembershipJSON);
  }

  @Post()
  @Operation('CreateOrganizationMembership')
  async create(
    @Ctx() ctx: RequestContext,
    @Param('organization_id') organizationId: string,
    @Body({ schema: CreateMembership }) body: CreateMembership,
  ): Promise<OrganizationMembershipJSON> {
    return toMembershipJSON(await this.memberships.create(ctx, organizationId, body));
  }

  @Patch('/:user_id')
  @Operation('UpdateOrganizationMembership')
  async update(
    @Ctx() ctx: RequestContext,
    @Param('organization_id') organizationId: string,
    @Param('user_id') userId: string,
    @Body({ schema: UpdateMembership }) body: UpdateMembership,
  ): Promise<OrganizationMembershipJSON> {
    return toMembershipJSON(await this.memberships.update(ctx, organizationId, userId, body.role));
  }

  @Patch('/:user_id/metadata')
  @Operation('UpdateOrganizationMembershipMetadata')
  async mergeMetadata(
    @Ctx() ctx: RequestContext,
    @Param('organization_id') organizationId: string,
    @Param('user_id') userId: string,
    @Body({ schema: MembershipMetadata }) body: MembershipMetadata,
  ): Promise<OrganizationMembershipJSON> {
    return toMembershipJSON(await this.memberships.mergeMetadata(ctx, organizationId, userId, body));
  }

  /** The contract answers the membership, not a deleted object. */
  @Delete('/:user_id')
  @Operation('DeleteOrganizationMembership')
  async delete(
    @Ctx() ctx: RequestContext,
    @Param('organization_id') organizationId: string,
    @Param('user_id') userId: string,
  ): Promise<OrganizationMembershipJSON> {
    return toMembershipJSON(await this.memberships.delete(ctx, organizationId, userId));
  }
}

@BapiController('/v1')
export class AllMembershipsBapiController {
  constructor(private readonly memberships: MembershipsService) {}

  @Get('/organization_memberships')
  @Operation('InstanceGetOrganizationMemberships')
  async listOfInstance(
    @Ctx() ctx: RequestContext,
    @Query({ schema: ListMembershipsOfInstance }) query: ListMembershipsOfInstance,
  ): Promise<Page<OrganizationMembershipJSON>> {
    return toPage(await this.memberships.listOfInstance(ctx, query), toMembershipJSON);
  }

  @Get('/users/:user_id/organization_memberships')
  @Operation('UsersGetOrganizationMemberships')
  async listOfUser(
    @Ctx() ctx: RequestContext,
    @Param('user_id') userId: string,
    @Query({ schema: ListMembershipsOfUser }) query: ListMembershipsOfUser,
  ): Promise<Page<OrganizationMembershipJSON>> {
    return toPage(await this.memberships.listOfUser(ctx, userId, query), toMembershipJSON);
  }
}
