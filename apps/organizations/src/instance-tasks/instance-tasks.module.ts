import { Global, Module } from '@nestjs/common';
import { InstanceTasksService } from './instance-tasks.service.js';

/** Global: several features put off what a transaction must not wait for. */
@Global()
@Module({ providers: [InstanceTasksService], exports: [InstanceTasksService] })
export class InstanceTasksModule {}
