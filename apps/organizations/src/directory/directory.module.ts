import { Global, Module } from '@nestjs/common';
import { IdentityClient, InstanceViews, ServiceTransport, UserSummaries } from '@latchkey/clients';
import { SharedState } from '@latchkey/state';
import { DirectoryService } from './directory.service.js';

/** Global: every feature asks who somebody is, or how the instance is set. */
@Global()
@Module({
  providers: [
    DirectoryService,
    {
      provide: IdentityClient,
      inject: [ServiceTransport],
      useFactory: (transport: ServiceTransport) => new IdentityClient(transport),
    },
    { provide: InstanceViews, inject: [SharedState], useFactory: (state: SharedState) => new InstanceViews(state) },
    { provide: UserSummaries, inject: [SharedState], useFactory: (state: SharedState) => new UserSummaries(state) },
  ],
  exports: [DirectoryService, UserSummaries],
})
export class DirectoryModule {}
