import { Module, type OnModuleInit } from '@nestjs/common';
import { Sweepers } from '@latchkey/jobs';
import { MembershipsModule } from '../memberships/memberships.module.js';
import { InvitationAcceptanceService } from './invitation-acceptance.service.js';
import { AllInvitationsBapiController, InvitationsBapiController } from './invitations.bapi.controller.js';
import { InvitationsFapiController, OwnInvitationsFapiController } from './invitations.fapi.controller.js';
import { InvitationsInternalController } from './invitations.internal.controller.js';
import { InvitationsReader } from './invitations.reader.js';
import { InvitationsService } from './invitations.service.js';
import { InvitationTickets } from './invitations.tickets.js';

const SWEEP_MS = 60_000;

@Module({
  imports: [MembershipsModule],
  controllers: [
    InvitationsBapiController,
    AllInvitationsBapiController,
    InvitationsFapiController,
    OwnInvitationsFapiController,
    InvitationsInternalController,
  ],
  providers: [InvitationsService, InvitationAcceptanceService, InvitationsReader, InvitationTickets],
  exports: [InvitationsService, InvitationTickets],
})
export class InvitationsModule implements OnModuleInit {
  constructor(
    private readonly sweepers: Sweepers,
    private readonly invitations: InvitationsService,
  ) {}

  onModuleInit(): void {
    this.sweepers.every('organizations.invitations', SWEEP_MS, () => this.invitations.expire());
  }
}
