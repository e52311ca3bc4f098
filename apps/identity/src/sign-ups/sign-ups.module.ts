import { Module } from '@nestjs/common';
import { AccessRulesModule } from '../access-rules/access-rules.module.js';
import { ClientsModule } from '../clients/clients.module.js';
import { EmailLinksModule } from '../email-links/email-links.module.js';
import { InvitationsModule } from '../invitations/invitations.module.js';
import { MessagesModule } from '../messages/messages.module.js';
import { PasswordsModule } from '../passwords/passwords.module.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { TicketsModule } from '../tickets/tickets.module.js';
import { UsersModule } from '../users/users.module.js';
import { VerificationsModule } from '../verifications/verifications.module.js';
import { BackendSignUpsService } from './backend-sign-ups.service.js';
import { SignUpFieldsService } from './sign-up-fields.service.js';
import { SignUpCodesService } from './sign-up-codes.service.js';
import { SignUpCompletionService } from './sign-up-completion.service.js';
import { SignUpStatesService } from './sign-up-states.service.js';
import { SignUpStepsService } from './sign-up-steps.service.js';
import { SignUpTicketsService } from './sign-up-tickets.service.js';
import { SignUpsBapiController } from './sign-ups.bapi.controller.js';
import { SignUpsFapiController } from './sign-ups.fapi.controller.js';
import { SignUpsService } from './sign-ups.service.js';

@Module({
  imports: [
    AccessRulesModule,
    InvitationsModule,
    TicketsModule,
    ClientsModule,
    EmailLinksModule,
    MessagesModule,
    PasswordsModule,
    SessionsModule,
    UsersModule,
    VerificationsModule,
  ],
  controllers: [SignUpsFapiController, SignUpsBapiController],
  providers: [
    SignUpsService,
    BackendSignUpsService,
    SignUpStatesService,
    SignUpStepsService,
    SignUpCompletionService,
    SignUpFieldsService,
    SignUpCodesService,
    SignUpTicketsService,
  ],
  exports: [SignUpsService],
})
export class SignUpsModule {}
