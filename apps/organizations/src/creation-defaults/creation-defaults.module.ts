import { Module } from '@nestjs/common';
import { CreationDefaultsFapiController } from './creation-defaults.fapi.controller.js';
import { CreationDefaultsService } from './creation-defaults.service.js';

@Module({ controllers: [CreationDefaultsFapiController], providers: [CreationDefaultsService] })
export class CreationDefaultsModule {}
