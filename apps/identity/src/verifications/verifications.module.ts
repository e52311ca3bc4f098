import { Module } from '@nestjs/common';
import { VerificationChecksService } from './verification-checks.service.js';
import { VerificationsService } from './verifications.service.js';

@Module({
  providers: [VerificationsService, VerificationChecksService],
  exports: [VerificationsService, VerificationChecksService],
})
export class VerificationsModule {}
