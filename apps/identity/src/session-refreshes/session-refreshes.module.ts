import { Module } from '@nestjs/common';
import { ClientsModule } from '../clients/clients.module.js';
import { HandshakesModule } from '../handshakes/handshakes.module.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { SessionRefreshesBapiController } from './session-refreshes.bapi.controller.js';
import { SessionRefreshesService } from './session-refreshes.service.js';

@Module({
  imports: [ClientsModule, HandshakesModule, SessionsModule],
  controllers: [SessionRefreshesBapiController],
  providers: [SessionRefreshesService],
})
export class SessionRefreshesModule {}
