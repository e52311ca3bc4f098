import { Module, type DynamicModule } from '@nestjs/common';
import { loadConfig } from '@latchkey/config';
import { DbModule } from '@latchkey/db';
import { EventsModule } from '@latchkey/events';
import { HttpModule } from '@latchkey/http';
import { PlatformModule, type Env, type Platform } from '@latchkey/platform';
import { WebhooksConfig } from './config.js';
import { WebhooksDb } from './db.js';
import { PrismaClient } from './generated/prisma/client.js';

/** The service `webhooks`: what stands around its features. */
@Module({})
export class WebhooksModule {
  static forRoot(env: Env, platform: Platform): DynamicModule {
    const config = loadConfig(WebhooksConfig, env);
    const databaseUrl = config.WEBHOOKS_DATABASE_URL;
    return {
      module: WebhooksModule,
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
      ],
    };
  }
}
