import { Module } from '@nestjs/common';
import { ApplicationsModule } from '../applications/applications.module.js';
import { DeliveriesModule } from '../deliveries/deliveries.module.js';
import { EndpointsModule } from '../endpoints/endpoints.module.js';
import { BackgroundTasksService } from './background-tasks.service.js';
import {
  BackgroundTasksSvixController,
  ReplaysSvixController,
  StatisticsSvixController,
} from './background-tasks.svix.controller.js';

@Module({
  imports: [ApplicationsModule, DeliveriesModule, EndpointsModule],
  controllers: [BackgroundTasksSvixController, ReplaysSvixController, StatisticsSvixController],
  providers: [BackgroundTasksService],
  exports: [BackgroundTasksService],
})
export class BackgroundTasksModule {}
