import { Module } from '@nestjs/common';
import { ClientsModule } from '../clients/clients.module.js';
import { LockoutsModule } from '../lockouts/lockouts.module.js';
import { MessagesModule } from '../messages/messages.module.js';
import { UsersModule } from '../users/users.module.js';
import { VerificationsModule } from '../verifications/verifications.module.js';
import { IdentifierCodesService } from './identifier-codes.service.js';
import { IdentifiersService } from './identifiers.service.js';

@Module({
  imports: [ClientsModule, UsersModule, LockoutsModule, MessagesModule, VerificationsModule],
  providers: [IdentifiersService, IdentifierCodesService],
  exports: [IdentifiersService, IdentifierCodesService],
})
export class IdentifiersModule {}
