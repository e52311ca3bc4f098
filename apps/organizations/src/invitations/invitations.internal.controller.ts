import { Body, HttpCode, Post } from '@nestjs/common';
import type { InvitationTicket } from '@latchkey/clients';
import type { RequestContext } from '@latchkey/contracts';
import { Ctx, InternalController } from '@latchkey/http';
import { InvitationAcceptanceService } from './invitation-acceptance.service.js';
import { InspectTicket, RedeemTicket } from './invitations.schemas.js';

/** What identity asks about tickets, at sign-in and sign-up. */
@InternalController('/invitation_tickets')
export class InvitationsInternalController {
  constructor(private readonly acceptance: InvitationAcceptanceService) {}

  @Post('/inspect')
  @HttpCode(200)
  inspect(@Ctx() ctx: RequestContext, @Body({ schema: InspectTicket }) body: InspectTicket): Promise<InvitationTicket> {
    return this.acceptance.inspect(ctx, body.ticket);
  }

  @Post('/redeem')
  @HttpCode(200)
  redeem(@Ctx() ctx: RequestContext, @Body({ schema: RedeemTicket }) body: RedeemTicket): Promise<InvitationTicket> {
    return this.acceptance.redeem(ctx, body.ticket, body.user_id);
  }
}
