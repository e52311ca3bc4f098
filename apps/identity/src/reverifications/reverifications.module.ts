import { Module } from '@nestjs/common';
import { ClientSnapshotsModule } from '../client-snapshots/client-snapshots.module.js';
import { ClientsModule } from '../clients/clients.module.js';
import { LockoutsModule } from '../lockouts/lockouts.module.js';
import { MessagesModule } from '../messages/messages.module.js';
import { PasswordsModule } from '../passwords/passwords.module.js';
import { SecondFactorsModule } from '../second-factors/second-factors.module.js';
import { UsersModule } from '../users/users.module.js';
import { VerificationsModule } from '../verifications/verifications.module.js';
import { ReverificationCodesService } from './reverification-codes.service.js';
import { ReverificationStatesService } from './reverification-states.service.js';
import { ReverificationsFapiController } from './reverifications.fapi.controller.js';
import { ReverificationsService } from './reverifications.service.js';

@Module({
  imports: [
    ClientsModule,
    ClientSnapshotsModule,
    LockoutsModule,
    MessagesModule,
    PasswordsModule,
    SecondFactorsModule,
    UsersModule,
    VerificationsModule,
  ],
  controllers: [ReverificationsFapiController],
  providers: [ReverificationsService, ReverificationStatesService, ReverificationCodesService],
})
export class ReverificationsModule {}
