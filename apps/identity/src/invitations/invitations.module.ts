import { Module } from '@nestjs/common';
import { MessagesModule } from '../messages/messages.module.js';
import { TicketsModule } from '../tickets/tickets.module.js';
import { InvitationsBapiController } from './invitations.bapi.controller.js';
import { InvitationsService } from './invitations.service.js';

@Module({
  imports: [MessagesModule, TicketsModule],
  controllers: [InvitationsBapiController],
  providers: [InvitationsService],
  exports: [InvitationsService],
})
export class InvitationsModule {}
