import { Module } from '@nestjs/common';
import { EnvironmentModule } from '../environment/environment.module.js';
import { UsersModule } from '../users/users.module.js';
import { BetaFeaturesBapiController, InstanceSettingsBapiController } from './instance-settings.bapi.controller.js';
import { DevToolsFapiController } from './dev-tools.fapi.controller.js';
import { InstanceSettingsService } from './instance-settings.service.js';

@Module({
  // OrganizationsClient
  imports: [EnvironmentModule, UsersModule],
  controllers: [InstanceSettingsBapiController, BetaFeaturesBapiController, DevToolsFapiController],
  providers: [InstanceSettingsService],
})
export class InstanceSettingsModule {}
