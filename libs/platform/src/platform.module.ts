import { Module, type DynamicModule } from '@nestjs/common';
import { ServiceTransport } from '@latchkey/clients';
import { Clock } from '@latchkey/core';
import { JobsModule } from '@latchkey/jobs';
import { MessagingModule } from '@latchkey/messaging';
import { StateModule } from '@latchkey/state';
import type { Platform } from './platform.js';

/** Gives an application the ports of its platform: clock, shared state, delayed work, mail and the way to the other services. */
@Module({})
export class PlatformModule {
  static forRoot(platform: Platform): DynamicModule {
    return {
      module: PlatformModule,
      global: true,
      imports: [
        StateModule.forRoot(platform.state),
        JobsModule.forRoot(platform.jobs),
        MessagingModule.forRoot(platform.messaging),
      ],
      providers: [
        { provide: Clock, useValue: platform.clock },
        { provide: ServiceTransport, useValue: platform.transport },
      ],
      exports: [Clock, ServiceTransport],
    };
  }
}
