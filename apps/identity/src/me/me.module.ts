import { Module } from '@nestjs/common';
import { ClientsModule } from '../clients/clients.module.js';
import { LockoutsModule } from '../lockouts/lockouts.module.js';
import { MessagesModule } from '../messages/messages.module.js';
import { PasswordsModule } from '../passwords/passwords.module.js';
import { SecondFactorsModule } from '../second-factors/second-factors.module.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { UserAccountsModule } from '../users/user-accounts.module.js';
import { StepUpModule } from '../reverifications/step-up.module.js';
import { UsersModule } from '../users/users.module.js';
import { MeFapiController } from './me.fapi.controller.js';
import { MeService } from './me.service.js';
import { MyPasswordsFapiController } from './my-passwords.fapi.controller.js';
import { MyPasswordsService } from './my-passwords.service.js';
import { MySecondFactorsFapiController } from './my-second-factors.fapi.controller.js';
import { MySecondFactorsService } from './my-second-factors.service.js';
import { MySessionsFapiController } from './my-sessions.fapi.controller.js';
import { MySessionsService } from './my-sessions.service.js';

@Module({
  imports: [
    StepUpModule,
    ClientsModule,
    LockoutsModule,
    MessagesModule,
    PasswordsModule,
    SecondFactorsModule,
    SessionsModule,
    UserAccountsModule,
    UsersModule,
  ],
  controllers: [MeFapiController, MyPasswordsFapiController, MySecondFactorsFapiController, MySessionsFapiController],
  providers: [MeService, MyPasswordsService, MySecondFactorsService, MySessionsService],
})
export class MeModule {}
