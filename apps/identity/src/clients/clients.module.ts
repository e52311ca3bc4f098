import { Module } from '@nestjs/common';
import { ClientStates } from '@latchkey/clients';
import { SharedState } from '@latchkey/state';
import { ClientsBapiController } from './clients.bapi.controller.js';
import { ClientsService } from './clients.service.js';

@Module({
  controllers: [ClientsBapiController],
  providers: [
    ClientsService,
    { provide: ClientStates, inject: [SharedState], useFactory: (state: SharedState) => new ClientStates(state) },
  ],
  exports: [ClientsService, ClientStates],
})
export class ClientsModule {}
