import { Module } from '@nestjs/common';
import { ApplicationsModule } from '../applications/applications.module.js';
import { DeliveriesModule } from '../deliveries/deliveries.module.js';
import { BackgroundTasksModule } from '../background-tasks/background-tasks.module.js';
import { EndpointsModule } from '../endpoints/endpoints.module.js';
import { EventTypesModule } from '../event-types/event-types.module.js';
import { MessagesConsumer } from './messages.consumer.js';
import { MessageSender } from './messages.sender.js';
import { MessagesService } from './messages.service.js';
import { ExamplesSvixController, MessagesSvixController } from './messages.svix.controller.js';

@Module({
  imports: [ApplicationsModule, BackgroundTasksModule, DeliveriesModule, EndpointsModule, EventTypesModule],
  controllers: [ExamplesSvixController, MessagesSvixController],
  providers: [MessageSender, MessagesConsumer, MessagesService],
  exports: [MessageSender, MessagesService],
})
export class MessagesModule {}
