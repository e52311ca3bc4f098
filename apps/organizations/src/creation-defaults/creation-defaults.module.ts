import { Module } from '@nestjs/common';
import { CreationDefaultsFapiController } from './creation-defaults.fapi.controller.js';

@Module({ controllers: [CreationDefaultsFapiController] })
export class CreationDefaultsModule {}
