import { Module } from '@nestjs/common';
import { ClientStates } from '@latchkey/clients';
import { SharedState } from '@latchkey/state';
import { ClientsService } from './clients.service.js';

@Module({
  providers: [
    ClientsService,
    { provide: ClientStates, inject: [SharedState], useFactory: (state: SharedState) => new ClientStates(state) },
  ],
  exports: [ClientsService, ClientStates],
})
export class ClientsModule {}
