import { Module } from '@nestjs/common';
import { ClientsModule } from '../clients/clients.module.js';
import { UsersModule } from '../users/users.module.js';
import { SessionAdmissionService } from './session-admission.service.js';
import { SessionTokensService } from './session-tokens.service.js';
import { SessionsFapiController } from './sessions.fapi.controller.js';
import { SessionsService } from './sessions.service.js';

@Module({
  imports: [ClientsModule, UsersModule],
  controllers: [SessionsFapiController],
  providers: [SessionAdmissionService, SessionsService, SessionTokensService],
  exports: [SessionAdmissionService, SessionsService, SessionTokensService],
})
export class SessionsModule {}
