import { Module } from '@nestjs/common';
import { ApplicationsModule } from '../applications/applications.module.js';
import { DeliveriesModule } from '../deliveries/deliveries.module.js';
import { EventTypesModule } from '../event-types/event-types.module.js';
import { OperationalModule } from '../operational/operational.module.js';
import { EndpointsService } from './endpoints.service.js';
import { EndpointsSvixController } from './endpoints.svix.controller.js';

@Module({
  imports: [ApplicationsModule, DeliveriesModule, EventTypesModule, OperationalModule],
  controllers: [EndpointsSvixController],
  providers: [EndpointsService],
  exports: [EndpointsService],
})
export class EndpointsModule {}
