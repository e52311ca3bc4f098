import { Module } from '@nestjs/common';
import { OrganizationsFeatureModule } from '../organizations/organizations.module.js';
import { LogosBapiController } from './logos.bapi.controller.js';
import { LogoImagesFapiController, LogosFapiController } from './logos.fapi.controller.js';
import { LogosService } from './logos.service.js';

@Module({
  imports: [OrganizationsFeatureModule],
  controllers: [LogosBapiController, LogosFapiController, LogoImagesFapiController],
  providers: [LogosService],
})
export class LogosModule {}
