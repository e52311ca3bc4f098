import { Module } from '@nestjs/common';
import { UsersModule } from '../users/users.module.js';
import { EnvironmentFapiController } from './environment.fapi.controller.js';
import { EnvironmentService } from './environment.service.js';

@Module({
  // OrganizationsClient
  imports: [UsersModule],
  controllers: [EnvironmentFapiController],
  providers: [EnvironmentService],
  exports: [EnvironmentService],
})
export class EnvironmentModule {}
