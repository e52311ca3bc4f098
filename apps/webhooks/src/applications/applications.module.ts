import { Module } from '@nestjs/common';
import { ApplicationsService } from './applications.service.js';
import { ApplicationsSvixController } from './applications.svix.controller.js';

@Module({
  controllers: [ApplicationsSvixController],
  providers: [ApplicationsService],
  exports: [ApplicationsService],
})
export class ApplicationsModule {}
