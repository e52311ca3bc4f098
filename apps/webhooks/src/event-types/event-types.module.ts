import { Module } from '@nestjs/common';
import { EventTypesService } from './event-types.service.js';

@Module({ providers: [EventTypesService], exports: [EventTypesService] })
export class EventTypesModule {}
