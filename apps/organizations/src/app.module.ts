import { Module, type DynamicModule } from '@nestjs/common';
import { loadConfig } from '@latchkey/config';
import { DbModule } from '@latchkey/db';
import { EventsModule } from '@latchkey/events';
import { HttpModule } from '@latchkey/http';
import { PlatformModule, type Env, type Platform } from '@latchkey/platform';
import { OrganizationsConfig } from './config.js';
import { OrganizationsDb } from './db.js';
import { PrismaClient } from './generated/prisma/client.js';

/** The service `organizations`: what stands around its features. */
@Module({})
export class OrganizationsModule {
  static forRoot(env: Env, platform: Platform): DynamicModule {
    const config = loadConfig(OrganizationsConfig, env);
    const databaseUrl = config.ORGANIZATIONS_DATABASE_URL;
    return {
      module: OrganizationsModule,
      imports: [
        PlatformModule.forRoot(platform),
        DbModule.forRoot(OrganizationsDb, PrismaClient, {
          url: databaseUrl,
          poolSize: config.ORGANIZATIONS_DATABASE_POOL,
        }),
        HttpModule.forRoot({ contextKey: config.CONTEXT_SIGNING_KEY, db: OrganizationsDb }),
        EventsModule.forRoot({
          service: 'organizations',
          db: OrganizationsDb,
          databaseUrl,
          consumes: ['identity'],
          adapter: platform.events,
        }),
      ],
    };
  }
}
