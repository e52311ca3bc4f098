import { Module } from '@nestjs/common';
import { ClientsModule } from '../clients/clients.module.js';
import { MessagesModule } from '../messages/messages.module.js';
import { PasswordsModule } from '../passwords/passwords.module.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { UsersModule } from '../users/users.module.js';
import { VerificationsModule } from '../verifications/verifications.module.js';
import { SignUpFieldsService } from './sign-up-fields.service.js';
import { SignUpsFapiController } from './sign-ups.fapi.controller.js';
import { SignUpsService } from './sign-ups.service.js';

@Module({
  imports: [ClientsModule, MessagesModule, PasswordsModule, SessionsModule, UsersModule, VerificationsModule],
  controllers: [SignUpsFapiController],
  providers: [SignUpsService, SignUpFieldsService],
  exports: [SignUpsService],
})
export class SignUpsModule {}
