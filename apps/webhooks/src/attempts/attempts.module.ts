import { Module } from '@nestjs/common';
import { ApplicationsModule } from '../applications/applications.module.js';
import { DeliveriesModule } from '../deliveries/deliveries.module.js';
import { EndpointsModule } from '../endpoints/endpoints.module.js';
import { MessagesModule } from '../messages/messages.module.js';
import { AttemptsService } from './attempts.service.js';
import { AttemptsSvixController } from './attempts.svix.controller.js';

@Module({
  imports: [ApplicationsModule, DeliveriesModule, EndpointsModule, MessagesModule],
  controllers: [AttemptsSvixController],
  providers: [AttemptsService],
})
export class AttemptsModule {}
