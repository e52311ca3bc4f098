import { Module } from '@nestjs/common';
import { SessionsModule } from '../sessions/sessions.module.js';
import { TicketsModule } from '../tickets/tickets.module.js';
import { UsersModule } from '../users/users.module.js';
import { SignInTokensBapiController } from './sign-in-tokens.bapi.controller.js';
import { SignInTokensService } from './sign-in-tokens.service.js';

@Module({
  imports: [SessionsModule, TicketsModule, UsersModule],
  controllers: [SignInTokensBapiController],
  providers: [SignInTokensService],
  exports: [SignInTokensService],
})
export class SignInTokensModule {}
