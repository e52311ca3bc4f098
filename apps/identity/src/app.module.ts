import { Module, type DynamicModule } from '@nestjs/common';
import { loadConfig } from '@latchkey/config';
import { DbModule } from '@latchkey/db';
import { EventsModule } from '@latchkey/events';
import { HttpModule } from '@latchkey/http';
import { PlatformModule, type Env, type Platform } from '@latchkey/platform';
import { IdentityConfig } from './config.js';
import { IdentityDb } from './db.js';
import { PrismaClient } from './generated/prisma/client.js';

/** The service `identity`: what stands around its features. */
@Module({})
export class IdentityModule {
  static forRoot(env: Env, platform: Platform): DynamicModule {
    const config = loadConfig(IdentityConfig, env);
    const databaseUrl = config.IDENTITY_DATABASE_URL;
    return {
      module: IdentityModule,
      imports: [
        PlatformModule.forRoot(platform),
        DbModule.forRoot(IdentityDb, PrismaClient, { url: databaseUrl, poolSize: config.IDENTITY_DATABASE_POOL }),
        HttpModule.forRoot({ contextKey: config.CONTEXT_SIGNING_KEY, db: IdentityDb }),
        EventsModule.forRoot({
          service: 'identity',
          db: IdentityDb,
          databaseUrl,
          consumes: ['organizations', 'billing'],
          adapter: platform.events,
        }),
      ],
    };
  }
}
