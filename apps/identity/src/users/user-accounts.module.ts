import { Module } from '@nestjs/common';
import { ClientsModule } from '../clients/clients.module.js';
import { EmailAddressesModule } from '../email-addresses/email-addresses.module.js';
import { ImagesModule } from '../images/images.module.js';
import { PasswordsModule } from '../passwords/passwords.module.js';
import { SecondFactorsModule } from '../second-factors/second-factors.module.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { VerificationsModule } from '../verifications/verifications.module.js';
import { ProfileImagesService } from './profile-images.service.js';
import { UserAccountsService } from './user-accounts.service.js';
import { UserCredentialsBapiController } from './user-credentials.bapi.controller.js';
import { UserCredentialsService } from './user-credentials.service.js';
import { UserFieldsService } from './user-fields.service.js';
import { UsersBapiController } from './users.bapi.controller.js';
import { UsersModule } from './users.module.js';

/** Apart from `UsersModule`, which sessions need: accounts need sessions. */
@Module({
  imports: [
    ClientsModule,
    UsersModule,
    EmailAddressesModule,
    ImagesModule,
    PasswordsModule,
    SecondFactorsModule,
    SessionsModule,
    VerificationsModule,
  ],
  controllers: [UsersBapiController, UserCredentialsBapiController],
  providers: [ProfileImagesService, UserAccountsService, UserCredentialsService, UserFieldsService],
  exports: [ProfileImagesService, UserAccountsService],
})
export class UserAccountsModule {}
