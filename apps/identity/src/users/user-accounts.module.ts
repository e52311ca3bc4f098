import { Module } from '@nestjs/common';
import { PasswordsModule } from '../passwords/passwords.module.js';
import { SecondFactorsModule } from '../second-factors/second-factors.module.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { VerificationsModule } from '../verifications/verifications.module.js';
import { UserAccountsService } from './user-accounts.service.js';
import { UserCredentialsBapiController } from './user-credentials.bapi.controller.js';
import { UserCredentialsService } from './user-credentials.service.js';
import { UserFieldsService } from './user-fields.service.js';
import { UsersBapiController } from './users.bapi.controller.js';
import { UsersModule } from './users.module.js';

/** Apart from `UsersModule`, which sessions need: accounts need sessions. */
@Module({
  imports: [UsersModule, PasswordsModule, SecondFactorsModule, SessionsModule, VerificationsModule],
  controllers: [UsersBapiController, UserCredentialsBapiController],
  providers: [UserAccountsService, UserCredentialsService, UserFieldsService],
  exports: [UserAccountsService],
})
export class UserAccountsModule {}
