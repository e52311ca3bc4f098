import { Module } from '@nestjs/common';
import { MembershipsModule } from '../memberships/memberships.module.js';
import { OrganizationsBapiController } from './organizations.bapi.controller.js';
import { OrganizationsFapiController } from './organizations.fapi.controller.js';
import { OrganizationsReader } from './organizations.reader.js';
import { OrganizationsService } from './organizations.service.js';

@Module({
  imports: [MembershipsModule],
  controllers: [OrganizationsBapiController, OrganizationsFapiController],
  providers: [OrganizationsService, OrganizationsReader],
  exports: [OrganizationsService, OrganizationsReader],
})
export class OrganizationsFeatureModule {}
