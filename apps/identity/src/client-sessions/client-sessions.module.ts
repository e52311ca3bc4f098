import { Module } from '@nestjs/common';
import { ClientSnapshotsModule } from '../client-snapshots/client-snapshots.module.js';
import { ClientsModule } from '../clients/clients.module.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { ClientSessionsFapiController } from './client-sessions.fapi.controller.js';
import { ClientSessionsService } from './client-sessions.service.js';

@Module({
  imports: [ClientsModule, ClientSnapshotsModule, SessionsModule],
  controllers: [ClientSessionsFapiController],
  providers: [ClientSessionsService],
})
export class ClientSessionsModule {}
