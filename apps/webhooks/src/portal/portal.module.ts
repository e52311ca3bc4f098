import { Module } from '@nestjs/common';
import { ApplicationsModule } from '../applications/applications.module.js';
import { PortalBapiController } from './portal.bapi.controller.js';
import { PortalController } from './portal.controller.js';
import { PortalPages } from './portal.pages.js';
import { PortalService } from './portal.service.js';
import { PortalSvixController } from './portal.svix.controller.js';

@Module({
  imports: [ApplicationsModule],
  controllers: [PortalBapiController, PortalController, PortalSvixController],
  providers: [PortalPages, PortalService],
})
export class PortalModule {}
