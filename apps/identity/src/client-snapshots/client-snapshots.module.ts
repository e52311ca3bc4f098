import { Module } from '@nestjs/common';
import { ClientsModule } from '../clients/clients.module.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { SignInsModule } from '../sign-ins/sign-ins.module.js';
import { SignUpsModule } from '../sign-ups/sign-ups.module.js';
import { UsersModule } from '../users/users.module.js';
import { ClientSnapshotsFapiController } from './client-snapshots.fapi.controller.js';
import { ClientSnapshotsInternalController } from './client-snapshots.internal.controller.js';
import { ClientSnapshotsService } from './client-snapshots.service.js';

@Module({
  imports: [ClientsModule, SessionsModule, SignInsModule, SignUpsModule, UsersModule],
  controllers: [ClientSnapshotsFapiController, ClientSnapshotsInternalController],
  providers: [ClientSnapshotsService],
  exports: [ClientSnapshotsService],
})
export class ClientSnapshotsModule {}
