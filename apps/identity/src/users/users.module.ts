import { Module } from '@nestjs/common';
import { UserSummaries } from '@latchkey/clients';
import { SharedState } from '@latchkey/state';
import { UserClaimsService } from './user-claims.service.js';
import { UserSummariesService } from './user-summaries.service.js';
import { UsersInternalController } from './users.internal.controller.js';
import { UsersService } from './users.service.js';

@Module({
  controllers: [UsersInternalController],
  providers: [
    UsersService,
    UserClaimsService,
    UserSummariesService,
    { provide: UserSummaries, inject: [SharedState], useFactory: (state: SharedState) => new UserSummaries(state) },
  ],
  exports: [UsersService, UserClaimsService, UserSummaries],
})
export class UsersModule {}
