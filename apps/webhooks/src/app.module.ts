import { Module, type DynamicModule } from '@nestjs/common';
import { loadConfig } from '@latchkey/config';
import { SecretBox } from '@latchkey/core';
import { DbModule } from '@latchkey/db';
import { EventsModule } from '@latchkey/events';
import { HttpModule } from '@latchkey/http';
import { DueTasksModule } from '@latchkey/jobs';
import { PlatformModule, type Env, type Platform } from '@latchkey/platform';
import { ApplicationsModule } from './applications/applications.module.js';
import { AttemptsModule } from './attempts/attempts.module.js';
import { BackgroundTasksModule } from './background-tasks/background-tasks.module.js';
import { WEBHOOKS_CONFIG, WebhooksConfig } from './config.js';
import { WebhooksDb } from './db.js';
import { DeliveriesModule } from './deliveries/deliveries.module.js';
import { EndpointsModule } from './endpoints/endpoints.module.js';
import { PrismaClient } from './generated/prisma/client.js';
import { EventTypesModule } from './event-types/event-types.module.js';
import { MessagesModule } from './messages/messages.module.js';
import { OperationalEndpointsModule } from './operational-endpoints/operational-endpoints.module.js';
import { PortalModule } from './portal/portal.module.js';
import { RetentionModule } from './retention/retention.module.js';
import { SvixApiController } from './svix-api/svix-api.controller.js';

/** The service `webhooks`: what stands around its features. */
@Module({})
export class WebhooksModule {
  static forRoot(env: Env, platform: Platform): DynamicModule {
    const config = loadConfig(WebhooksConfig, env);
    const databaseUrl = config.WEBHOOKS_DATABASE_URL;
    return {
      module: WebhooksModule,
      global: true,
      imports: [
        PlatformModule.forRoot(platform),
        DbModule.forRoot(WebhooksDb, PrismaClient, { url: databaseUrl, poolSize: config.WEBHOOKS_DATABASE_POOL }),
        HttpModule.forRoot({ contextKey: config.CONTEXT_SIGNING_KEY, db: WebhooksDb }),
        EventsModule.forRoot({
          service: 'webhooks',
          db: WebhooksDb,
          databaseUrl,
          consumes: ['identity', 'organizations', 'billing', 'webhooks'],
          adapter: platform.events,
        }),
        DueTasksModule.forRoot({ service: 'webhooks', db: WebhooksDb }),
        ApplicationsModule,
        AttemptsModule,
        BackgroundTasksModule,
        DeliveriesModule,
        EndpointsModule,
        EventTypesModule,
        MessagesModule,
        OperationalEndpointsModule,
        PortalModule,
        RetentionModule,
      ],
      controllers: [SvixApiController],
      providers: [
        { provide: WEBHOOKS_CONFIG, useValue: config },
        { provide: SecretBox, useValue: new SecretBox(config.MASTER_KEY) },
      ],
      exports: [WEBHOOKS_CONFIG, SecretBox],
    };
  }
}
