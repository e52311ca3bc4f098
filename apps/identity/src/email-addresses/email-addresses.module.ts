import { Module } from '@nestjs/common';
import { AccessRulesModule } from '../access-rules/access-rules.module.js';
import { EmailLinksModule } from '../email-links/email-links.module.js';
import { IdentifiersModule } from '../identifiers/identifiers.module.js';
import { MessagesModule } from '../messages/messages.module.js';
import { StepUpModule } from '../reverifications/step-up.module.js';
import { UsersModule } from '../users/users.module.js';
import { VerificationsModule } from '../verifications/verifications.module.js';
import { EmailAddressesBapiController } from './email-addresses.bapi.controller.js';
import { EmailAddressesFapiController } from './email-addresses.fapi.controller.js';
import { EmailAddressesService } from './email-addresses.service.js';
import { OwnEmailAddressesService } from './own-email-addresses.service.js';

@Module({
  imports: [
    AccessRulesModule,
    EmailLinksModule,
    IdentifiersModule,
    StepUpModule,
    MessagesModule,
    UsersModule,
    VerificationsModule,
  ],
  controllers: [EmailAddressesBapiController, EmailAddressesFapiController],
  providers: [EmailAddressesService, OwnEmailAddressesService],
  exports: [EmailAddressesService],
})
export class EmailAddressesModule {}
