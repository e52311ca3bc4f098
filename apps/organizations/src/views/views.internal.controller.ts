import { Body, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import type { OrganizationJSON } from '@clerk/shared/types';
import type { MembershipView, RoleView } from '@latchkey/clients';
import { oneOrMany, type RequestContext } from '@latchkey/contracts';
import { Ctx, InternalController } from '@latchkey/http';
import { z } from 'zod';
import { MemberIds, MembersAmong } from './views.schemas.js';
import { ViewsService } from './views.service.js';

const Ids = z.strictObject({ ids: oneOrMany(z.string(), 200) });
type Ids = z.output<typeof Ids>;

/** The parts of which the other services put memberships together (`OrganizationsClient`). */
@InternalController('')
export class ViewsInternalController {
  constructor(private readonly views: ViewsService) {}

  @Get('/organizations')
  organizations(@Ctx() ctx: RequestContext, @Query({ schema: Ids }) { ids }: Ids): Promise<OrganizationJSON[]> {
    return this.views.organizations(ctx, ids);
  }

  @Get('/organizations/:id_or_slug')
  resolve(@Ctx() ctx: RequestContext, @Param('id_or_slug') idOrSlug: string): Promise<{ id: string } | null> {
    return this.views.resolve(ctx, idOrSlug);
  }

  @Get('/roles')
  roles(@Ctx() ctx: RequestContext, @Query({ schema: Ids }) { ids }: Ids): Promise<RoleView[]> {
    return this.views.roles(ctx, ids);
  }

  @Post('/member_ids')
  @HttpCode(200)
  memberIds(@Ctx() ctx: RequestContext, @Body({ schema: MemberIds }) body: MemberIds): Promise<string[]> {
    return this.views.memberIds(ctx, body);
  }

  @Post('/members_among')
  @HttpCode(200)
  membersAmong(@Ctx() ctx: RequestContext, @Body({ schema: MembersAmong }) body: MembersAmong): Promise<string[]> {
    return this.views.membersAmong(ctx, body);
  }

  @Get('/users/:user_id/memberships')
  memberships(@Ctx() ctx: RequestContext, @Param('user_id') userId: string): Promise<MembershipView[]> {
    return this.views.memberships(ctx, userId);
  }

  @Get('/users/:user_id/memberships/:organization_id')
  membership(
    @Ctx() ctx: RequestContext,
    @Param('user_id') userId: string,
    @Param('organization_id') organizationId: string,
  ): Promise<MembershipView | null> {
    return this.views.membership(ctx, userId, organizationId);
  }
}
