import pg from 'pg';

/** Undefined fields are left to pg's own defaults and the usual `PG*` variables. */
export interface ConnectionFields {
  host: string;
  port: number;
  user: string | undefined;
  password: string | undefined;
  database: string;
  ssl: pg.ClientConfig['ssl'];
}

/**
 * A URL taken apart the way pg itself reads it. A connection string would win over a separately given `database`, and so a
 * connection meant for another database of the same server would reach the one in the string.
 */
export function connectionFields(url: string): ConnectionFields {
  const { host, port, user, password, database, ssl } = new pg.Client({ connectionString: url });
  // pg answers with the password hidden from logs, and with the user's name when the URL names no database.
  return { host, port, user, password: password ?? undefined, database: database ?? 'postgres', ssl };
}

/** The same server and role, another database. */
export function withDatabase(url: string, database: string): string {
  const changed = new URL(url);
  changed.pathname = `/${encodeURIComponent(database)}`;
  return changed.href;
}

/** Runs `use` on one connection and closes it. */
export async function withClient<T>(config: pg.ClientConfig, use: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client(config);
  // A server that goes away between two queries would otherwise end the process; the next query reports it.
  client.on('error', () => {});
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}

/** Runs `work` in a transaction on a connection of the pool: all that it wrote, or nothing when it throws. */
export async function inTransaction<T>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    const result = await work(client);
    await client.query('COMMIT');
    return result;
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  } finally {
    client.release();
  }
}

/** SQLSTATE of a database error. */
export const sqlState = (error: unknown): string | undefined => (error as { code?: string } | null)?.code;
