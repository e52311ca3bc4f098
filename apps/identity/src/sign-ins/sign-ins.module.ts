import { Module } from '@nestjs/common';
import { AccessRulesModule } from '../access-rules/access-rules.module.js';
import { ActorTokensModule } from '../actor-tokens/actor-tokens.module.js';
import { ClientsModule } from '../clients/clients.module.js';
import { EmailLinksModule } from '../email-links/email-links.module.js';
import { InvitationsModule } from '../invitations/invitations.module.js';
import { LockoutsModule } from '../lockouts/lockouts.module.js';
import { MessagesModule } from '../messages/messages.module.js';
import { PasswordsModule } from '../passwords/passwords.module.js';
import { SecondFactorsModule } from '../second-factors/second-factors.module.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { SignInTokensModule } from '../sign-in-tokens/sign-in-tokens.module.js';
import { TicketsModule } from '../tickets/tickets.module.js';
import { UsersModule } from '../users/users.module.js';
import { VerificationsModule } from '../verifications/verifications.module.js';
import { PasswordResetsService } from './password-resets.service.js';
import { SignInBeginningsService } from './sign-in-beginnings.service.js';
import { SignInCodesService } from './sign-in-codes.service.js';
import { SignInPasswordsService } from './sign-in-passwords.service.js';
import { SignInSecondFactorsService } from './sign-in-second-factors.service.js';
import { SignInTicketsService } from './sign-in-tickets.service.js';
import { SignInStatesService } from './sign-in-states.service.js';
import { SignInStepsService } from './sign-in-steps.service.js';
import { SignInsFapiController } from './sign-ins.fapi.controller.js';
import { SignInsService } from './sign-ins.service.js';
import { TicketSignInsService } from './ticket-sign-ins.service.js';

@Module({
  imports: [
    AccessRulesModule,
    ActorTokensModule,
    ClientsModule,
    EmailLinksModule,
    InvitationsModule,
    LockoutsModule,
    MessagesModule,
    PasswordsModule,
    SecondFactorsModule,
    SessionsModule,
    SignInTokensModule,
    TicketsModule,
    UsersModule,
    VerificationsModule,
  ],
  controllers: [SignInsFapiController],
  providers: [
    SignInsService,
    SignInStatesService,
    SignInStepsService,
    SignInBeginningsService,
    SignInCodesService,
    SignInPasswordsService,
    PasswordResetsService,
    SignInSecondFactorsService,
    SignInTicketsService,
    TicketSignInsService,
  ],
  exports: [SignInsService],
})
export class SignInsModule {}
