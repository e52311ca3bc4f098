import { Module } from '@nestjs/common';
import { AllMembershipsBapiController, MembershipsBapiController } from './memberships.bapi.controller.js';
import { MembershipsFapiController, OwnMembershipsFapiController } from './memberships.fapi.controller.js';
import { MembershipsConsumer } from './memberships.consumer.js';
import { MembershipsService } from './memberships.service.js';
import { MembershipsWriter } from './memberships.writer.js';

@Module({
  controllers: [
    MembershipsBapiController,
    AllMembershipsBapiController,
    MembershipsFapiController,
    OwnMembershipsFapiController,
  ],
  providers: [MembershipsService, MembershipsWriter, MembershipsConsumer],
  exports: [MembershipsService, MembershipsWriter],
})
export class MembershipsModule {}
