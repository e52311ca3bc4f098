import { Module } from '@nestjs/common';
import { InvitationsModule } from '../invitations/invitations.module.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { TicketsModule } from '../tickets/tickets.module.js';
import { TicketLinksFapiController } from './ticket-links.fapi.controller.js';
import { TicketLinksService } from './ticket-links.service.js';

@Module({
  imports: [InvitationsModule, SessionsModule, TicketsModule],
  controllers: [TicketLinksFapiController],
  providers: [TicketLinksService],
})
export class TicketLinksModule {}
