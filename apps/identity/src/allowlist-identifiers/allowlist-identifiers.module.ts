import { Module } from '@nestjs/common';
import { MessagesModule } from '../messages/messages.module.js';
import { AllowlistIdentifiersBapiController } from './allowlist-identifiers.bapi.controller.js';
import { AllowlistIdentifiersService } from './allowlist-identifiers.service.js';

@Module({
  imports: [MessagesModule],
  controllers: [AllowlistIdentifiersBapiController],
  providers: [AllowlistIdentifiersService],
})
export class AllowlistIdentifiersModule {}
