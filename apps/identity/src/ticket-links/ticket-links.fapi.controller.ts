import { Get, Query, Redirect } from '@nestjs/common';
import type { RequestContext } from '@latchkey/contracts';
import { Ctx, FapiController, Operation } from '@latchkey/http';
import { AcceptTicket } from './ticket-links.schemas.js';
import { TicketLinksService } from './ticket-links.service.js';

@FapiController('/v1/tickets/accept')
export class TicketLinksFapiController {
  constructor(private readonly links: TicketLinksService) {}

  @Get()
  @Operation('acceptTicket')
  @Redirect(undefined, 303)
  async accept(
    @Ctx() ctx: RequestContext,
    @Query({ schema: AcceptTicket }) { ticket }: AcceptTicket,
  ): Promise<{ url: string }> {
    return { url: await this.links.follow(ctx, ticket) };
  }
}
