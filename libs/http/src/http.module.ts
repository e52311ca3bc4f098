import { Module, type DynamicModule } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_PIPE } from '@nestjs/core';
import { ApiExceptionFilter } from './api-exception.filter.js';
import { ContextGuard, ContextSigner } from './context.js';
import { HealthController, HealthChecks, type HealthCheck } from './health.controller.js';
import { SessionGuard } from './session.guard.js';
import { ValidationPipe } from './validation.pipe.js';

/** What a service's HTTP side needs to know. */
export interface HttpOptions {
  /** Shared with the gateway, which signs the request context with it. */
  contextKey: string;
  /** What must work for the service to be ready, by name. */
  checks: Record<string, HealthCheck>;
}

/** The HTTP side of a service: context, validation, errors and health, the same in each. */
@Module({})
export class HttpModule {
  static forRoot(options: HttpOptions): DynamicModule {
    return {
      module: HttpModule,
      global: true,
      controllers: [HealthController],
      providers: [
        { provide: ContextSigner, useValue: new ContextSigner(options.contextKey) },
        { provide: HealthChecks, useValue: new HealthChecks(options.checks) },
        { provide: APP_FILTER, useClass: ApiExceptionFilter },
        { provide: APP_GUARD, useClass: ContextGuard },
        { provide: APP_GUARD, useClass: SessionGuard },
        { provide: APP_PIPE, useClass: ValidationPipe },
      ],
      exports: [ContextSigner, HealthChecks],
    };
  }
}
