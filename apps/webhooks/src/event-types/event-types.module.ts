import { Module } from '@nestjs/common';
import { EventTypesService } from './event-types.service.js';
import { EventTypesSvixController } from './event-types.svix.controller.js';

@Module({ controllers: [EventTypesSvixController], providers: [EventTypesService], exports: [EventTypesService] })
export class EventTypesModule {}
