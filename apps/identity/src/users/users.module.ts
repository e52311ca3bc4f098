import { Module } from '@nestjs/common';
import { OrganizationsClient, ServiceTransport, UserSummaries } from '@latchkey/clients';
import { SharedState } from '@latchkey/state';
import { OrganizationMembersService } from './organization-members.service.js';
import { UserClaimsService } from './user-claims.service.js';
import { UserSummariesService } from './user-summaries.service.js';
import { UsersInternalController } from './users.internal.controller.js';
import { UsersService } from './users.service.js';

@Module({
  controllers: [UsersInternalController],
  providers: [
    UsersService,
    OrganizationMembersService,
    UserClaimsService,
    UserSummariesService,
    {
      provide: OrganizationsClient,
      inject: [ServiceTransport, SharedState],
      useFactory: (transport: ServiceTransport, state: SharedState) => new OrganizationsClient(transport, state),
    },
    { provide: UserSummaries, inject: [SharedState], useFactory: (state: SharedState) => new UserSummaries(state) },
  ],
  exports: [OrganizationsClient, UsersService, UserClaimsService, UserSummaries],
})
export class UsersModule {}
