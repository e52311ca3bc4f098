import { Module } from '@nestjs/common';
import { ClientsModule } from '../clients/clients.module.js';
import { LockoutsModule } from '../lockouts/lockouts.module.js';
import { MessagesModule } from '../messages/messages.module.js';
import { PasswordsModule } from '../passwords/passwords.module.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { UsersModule } from '../users/users.module.js';
import { VerificationsModule } from '../verifications/verifications.module.js';
import { SignInCodesService } from './sign-in-codes.service.js';
import { SignInStatesService } from './sign-in-states.service.js';
import { SignInsFapiController } from './sign-ins.fapi.controller.js';
import { SignInsService } from './sign-ins.service.js';

@Module({
  imports: [
    ClientsModule,
    LockoutsModule,
    MessagesModule,
    PasswordsModule,
    SessionsModule,
    UsersModule,
    VerificationsModule,
  ],
  controllers: [SignInsFapiController],
  providers: [SignInsService, SignInStatesService, SignInCodesService],
  exports: [SignInsService],
})
export class SignInsModule {}
