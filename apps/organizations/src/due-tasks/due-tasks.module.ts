import { Global, Module } from '@nestjs/common';
import { DueTasksService } from './due-tasks.service.js';

/** Global: several features put off what a transaction must not wait for. */
@Global()
@Module({ providers: [DueTasksService], exports: [DueTasksService] })
export class DueTasksModule {}
