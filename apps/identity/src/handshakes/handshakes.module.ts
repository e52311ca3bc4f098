import { Module } from '@nestjs/common';
import { ClientsModule } from '../clients/clients.module.js';
import { DevBrowsersModule } from '../dev-browsers/dev-browsers.module.js';
import { RedirectUrlsModule } from '../redirect-urls/redirect-urls.module.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { HandshakePayloadsService } from './handshake-payloads.service.js';
import { HandshakeStatesService } from './handshake-states.service.js';
import { HandshakesBapiController } from './handshakes.bapi.controller.js';
import { HandshakesFapiController } from './handshakes.fapi.controller.js';
import { HandshakesService } from './handshakes.service.js';
import { RefreshTokensService } from './refresh-tokens.service.js';

@Module({
  imports: [ClientsModule, DevBrowsersModule, RedirectUrlsModule, SessionsModule],
  controllers: [HandshakesFapiController, HandshakesBapiController],
  providers: [HandshakesService, HandshakeStatesService, HandshakePayloadsService, RefreshTokensService],
  exports: [HandshakePayloadsService, RefreshTokensService],
})
export class HandshakesModule {}
