import { Module } from '@nestjs/common';
import { EnvironmentFapiController } from './environment.fapi.controller.js';

@Module({ controllers: [EnvironmentFapiController] })
export class EnvironmentModule {}
