import { Module } from '@nestjs/common';
import { TicketsModule } from '../tickets/tickets.module.js';
import { ActorTokensBapiController } from './actor-tokens.bapi.controller.js';
import { ActorTokensService } from './actor-tokens.service.js';

@Module({
  imports: [TicketsModule],
  controllers: [ActorTokensBapiController],
  providers: [ActorTokensService],
  exports: [ActorTokensService],
})
export class ActorTokensModule {}
