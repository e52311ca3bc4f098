import { Inject, Module, type Abstract, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common';
import { Clock } from '@latchkey/core';
import type { PrismaPg } from '@prisma/adapter-pg';
import { createDb, type DbOptions } from './create-db.js';

interface Closable {
  $disconnect(): Promise<void>;
}

const DB = Symbol('Db');

/** Gives a service's database to every module of its application, and closes it last. */
@Module({})
export class DbModule implements OnApplicationShutdown {
  constructor(@Inject(DB) private readonly db: Closable) {}

  /**
   * @param token the service's own class (`IdentityDb`), under which features ask for it
   * @param Client the generated Prisma class
   */
  static forRoot<C extends Closable>(
    token: Abstract<C>,
    Client: new (options: { adapter: PrismaPg }) => C,
    options: Omit<DbOptions, 'clock'>,
  ): DynamicModule {
    return {
      module: DbModule,
      global: true,
      providers: [
        { provide: DB, inject: [Clock], useFactory: (clock: Clock) => createDb(Client, { ...options, clock }) },
        { provide: token, useExisting: DB },
      ],
      exports: [token],
    };
  }

  async onApplicationShutdown(): Promise<void> {
    await this.db.$disconnect();
  }
}

/** A database that can be asked whether it answers. */
export interface PingableDb {
  $queryRawUnsafe(query: string): Promise<unknown>;
}

/** Whether the database answers, for `/health/ready`. */
export const pingDb = (db: PingableDb): Promise<unknown> => db.$queryRawUnsafe('SELECT 1');
