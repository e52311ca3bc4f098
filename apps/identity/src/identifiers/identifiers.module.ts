import { Module } from '@nestjs/common';
import { ClientsModule } from '../clients/clients.module.js';
import { LockoutsModule } from '../lockouts/lockouts.module.js';
import { UsersModule } from '../users/users.module.js';
import { VerificationsModule } from '../verifications/verifications.module.js';
import { IdentifiersService } from './identifiers.service.js';

@Module({
  imports: [ClientsModule, UsersModule, LockoutsModule, VerificationsModule],
  providers: [IdentifiersService],
  exports: [IdentifiersService],
})
export class IdentifiersModule {}
