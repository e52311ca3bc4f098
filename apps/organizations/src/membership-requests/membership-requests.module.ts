import { Module } from '@nestjs/common';
import { MembershipsModule } from '../memberships/memberships.module.js';
import { MembershipRequestsFapiController } from './membership-requests.fapi.controller.js';
import { MembershipRequestsService } from './membership-requests.service.js';

@Module({
  imports: [MembershipsModule],
  controllers: [MembershipRequestsFapiController],
  providers: [MembershipRequestsService],
})
export class MembershipRequestsModule {}
