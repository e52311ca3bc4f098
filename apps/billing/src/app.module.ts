import { Module, type DynamicModule } from '@nestjs/common';
import { loadConfig } from '@latchkey/config';
import { DbModule } from '@latchkey/db';
import { EventsModule } from '@latchkey/events';
import { HttpModule } from '@latchkey/http';
import { PlatformModule, type Env, type Platform } from '@latchkey/platform';
import { BillingConfig } from './config.js';
import { BillingDb } from './db.js';
import { PrismaClient } from './generated/prisma/client.js';

/** The service `billing`: what stands around its features. */
@Module({})
export class BillingModule {
  static forRoot(env: Env, platform: Platform): DynamicModule {
    const config = loadConfig(BillingConfig, env);
    const databaseUrl = config.BILLING_DATABASE_URL;
    return {
      module: BillingModule,
      imports: [
        PlatformModule.forRoot(platform),
        DbModule.forRoot(BillingDb, PrismaClient, { url: databaseUrl, poolSize: config.BILLING_DATABASE_POOL }),
        HttpModule.forRoot({ contextKey: config.CONTEXT_SIGNING_KEY, db: BillingDb }),
        EventsModule.forRoot({
          service: 'billing',
          db: BillingDb,
          databaseUrl,
          consumes: ['organizations'],
          adapter: platform.events,
        }),
      ],
    };
  }
}
