import { Module } from '@nestjs/common';
import { AccessRulesModule } from '../access-rules/access-rules.module.js';
import { IdentifiersModule } from '../identifiers/identifiers.module.js';
import { SecondFactorsModule } from '../second-factors/second-factors.module.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { StepUpModule } from '../reverifications/step-up.module.js';
import { UsersModule } from '../users/users.module.js';
import { VerificationsModule } from '../verifications/verifications.module.js';
import { PhoneNumbersBapiController } from './phone-numbers.bapi.controller.js';
import { PhoneNumbersFapiController } from './phone-numbers.fapi.controller.js';
import { PhoneNumbersService } from './phone-numbers.service.js';
import { OwnPhoneNumbersService } from './own-phone-numbers.service.js';

@Module({
  imports: [
    AccessRulesModule,
    IdentifiersModule,
    StepUpModule,
    SecondFactorsModule,
    SessionsModule,
    UsersModule,
    VerificationsModule,
  ],
  controllers: [PhoneNumbersBapiController, PhoneNumbersFapiController],
  providers: [PhoneNumbersService, OwnPhoneNumbersService],
  exports: [PhoneNumbersService],
})
export class PhoneNumbersModule {}
