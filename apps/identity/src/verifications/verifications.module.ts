import { Module } from '@nestjs/common';
import { CodeAllowancesService } from './code-allowances.service.js';
import { VerificationChecksService } from './verification-checks.service.js';
import { VerificationsService } from './verifications.service.js';

@Module({
  providers: [VerificationsService, VerificationChecksService, CodeAllowancesService],
  exports: [VerificationsService, VerificationChecksService, CodeAllowancesService],
})
export class VerificationsModule {}
