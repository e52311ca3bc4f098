import { Body, Get, Param, Post, Query } from '@nestjs/common';
import type { InvitationJSON } from '@clerk/backend';
import type { Page, RequestContext } from '@latchkey/contracts';
import { Clock } from '@latchkey/core';
import { BapiController, Ctx, Operation, toList } from '@latchkey/http';
import { CreateBulkInvitations, CreateInvitation, ListInvitations } from './invitations.schemas.js';
import { toInvitationJSON } from './invitations.serializer.js';
import { InvitationsService } from './invitations.service.js';

@BapiController('/v1/invitations')
export class InvitationsBapiController {
  constructor(
    private readonly invitations: InvitationsService,
    private readonly clock: Clock,
  ) {}

  @Post()
  @Operation('CreateInvitation')
  async create(
    @Ctx() ctx: RequestContext,
    @Body({ schema: CreateInvitation }) body: CreateInvitation,
  ): Promise<InvitationJSON> {
    const [created] = await this.invitations.create(ctx, [body]);
    return toInvitationJSON(created!.row, { now: this.clock.now(), url: created!.url });
  }

  @Post('/bulk')
  @Operation('CreateBulkInvitations')
  async createBulk(
    @Ctx() ctx: RequestContext,
    @Body({ schema: CreateBulkInvitations }) body: CreateBulkInvitations,
  ): Promise<InvitationJSON[]> {
    const created = await this.invitations.create(ctx, body, { isBulk: true });
    return created.map(({ row, url }) => toInvitationJSON(row, { now: this.clock.now(), url }));
  }

  @Get()
  @Operation('ListInvitations')
  async list(
    @Ctx() ctx: RequestContext,
    @Query({ schema: ListInvitations }) query: ListInvitations,
  ): Promise<Page<InvitationJSON> | InvitationJSON[]> {
    const now = this.clock.now();
    const page = await this.invitations.list(ctx, query);
    return toList(page, query.paginated, (row) => toInvitationJSON(row, { now }));
  }

  @Post('/:invitation_id/revoke')
  @Operation('RevokeInvitation')
  async revoke(@Ctx() ctx: RequestContext, @Param('invitation_id') id: string): Promise<InvitationJSON> {
    return toInvitationJSON(await this.invitations.revoke(ctx, id), { now: this.clock.now() });
  }
}
