import { startEmbeddedPostgres, startScratchPostgres, withDatabase } from '@latchkey/postgres';
import { external, type Backing, type BackingOptions } from './backing.js';

/** A Postgres with as many databases as tests want. */
export interface PostgresBacking extends Backing {
  /** URL of a database on this server, which `ensureDatabase` or `deploy` of `@latchkey/postgres` create. */
  databaseUrl(name: string): string;
}

/** The built-in Postgres 18, or the server that TEST_DATABASE_URL names (its role must be allowed to create databases). */
export async function startPostgres(
  options: BackingOptions & { /** Without fsync; the default. */ fast?: boolean } = {},
): Promise<PostgresBacking> {
  const given = process.env.TEST_DATABASE_URL;
  if (given) {
    const port = Number(new URL(given).port || 5432);
    return { ...external('TEST_DATABASE_URL', given, port), databaseUrl: (name) => withDatabase(given, name) };
  }
  const { dataDir, port, fast = true } = options;
  const server = dataDir
    ? await startEmbeddedPostgres({ dataDir, port, fast })
    : await startScratchPostgres({ port, fast });
  const { url, databaseUrl, ended, stop, kill } = server;
  return { url, port: server.port, isOurs: true, ended, databaseUrl, stop, kill };
}
