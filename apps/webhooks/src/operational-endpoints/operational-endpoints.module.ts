import { Module } from '@nestjs/common';
import { ApplicationsModule } from '../applications/applications.module.js';
import { EndpointsModule } from '../endpoints/endpoints.module.js';
import { OperationalSvixController } from './operational-endpoints.svix.controller.js';

@Module({ imports: [ApplicationsModule, EndpointsModule], controllers: [OperationalSvixController] })
export class OperationalEndpointsModule {}
