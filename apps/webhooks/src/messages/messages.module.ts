import { Module } from '@nestjs/common';
import { ApplicationsModule } from '../applications/applications.module.js';
import { DeliveriesModule } from '../deliveries/deliveries.module.js';
import { BackgroundTasksModule } from '../background-tasks/background-tasks.module.js';
import { MessagesConsumer } from './messages.consumer.js';
import { MessageSender } from './messages.sender.js';
import { MessagesService } from './messages.service.js';
import { MessagesSvixController } from './messages.svix.controller.js';

@Module({
  imports: [ApplicationsModule, BackgroundTasksModule, DeliveriesModule],
  controllers: [MessagesSvixController],
  providers: [MessageSender, MessagesConsumer, MessagesService],
  exports: [MessageSender, MessagesService],
})
export class MessagesModule {}
