import { Module, type Abstract, type DynamicModule } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_PIPE } from '@nestjs/core';
import { pingDb, type PingableDb } from '@latchkey/db';
import { ApiExceptionFilter } from './api-exception.filter.js';
import { ContextGuard, ContextSigner } from './context.js';
import { DescribedOperations, OperationsInternalController } from './described-operations.js';
import { HealthChecks, HealthController } from './health.controller.js';
import { SessionGuard } from './session.guard.js';
import { ValidationPipe } from './validation.pipe.js';

/** What a service's HTTP side needs to know. */
export interface HttpOptions {
  /** Shared with the gateway, which signs the request context with it. */
  contextKey: string;
  /** The Nest token of the service's database, without which the service is not ready. */
  db?: Abstract<PingableDb>;
}

/** The HTTP side of a service: context, validation, errors and health, the same in each. */
@Module({})
export class HttpModule {
  static forRoot(options: HttpOptions): DynamicModule {
    return {
      module: HttpModule,
      global: true,
      controllers: [HealthController, OperationsInternalController],
      providers: [
        { provide: ContextSigner, useValue: new ContextSigner(options.contextKey) },
        {
          provide: HealthChecks,
          inject: options.db ? [options.db] : [],
          useFactory: (db?: PingableDb) => new HealthChecks(db ? { database: () => pingDb(db) } : {}),
        },
        DescribedOperations,
        { provide: APP_FILTER, useClass: ApiExceptionFilter },
        { provide: APP_GUARD, useClass: ContextGuard },
        { provide: APP_GUARD, useClass: SessionGuard },
        { provide: APP_PIPE, useClass: ValidationPipe },
      ],
      exports: [ContextSigner, HealthChecks],
    };
  }
}
