import pg from 'pg';
import { connectionFields, sqlState, withClient } from './connection.js';

const INVALID_CATALOG_NAME = '3D000';
const DUPLICATE_DATABASE = '42P04';
const UNIQUE_VIOLATION = '23505';

/**
 * Creates the database that `url` names, unless it is there. Safe when several processes do it at once.
 *
 * @returns whether this call created it
 */
export async function ensureDatabase(url: string, options: { template?: string } = {}): Promise<boolean> {
  const fields = connectionFields(url);
  try {
    await withClient(fields, async () => {});
    return false;
  } catch (error) {
    if (sqlState(error) !== INVALID_CATALOG_NAME) throw error;
  }
  const name = pg.escapeIdentifier(fields.database);
  const template = options.template ? ` TEMPLATE ${pg.escapeIdentifier(options.template)}` : '';
  try {
    await withClient({ ...fields, database: 'postgres' }, (client) =>
      client.query(`CREATE DATABASE ${name}${template}`),
    );
    return true;
  } catch (error) {
    // Two that create it at the same moment meet in the catalogue's unique index instead of in the friendlier check.
    if (sqlState(error) === DUPLICATE_DATABASE || sqlState(error) === UNIQUE_VIOLATION) return false;
    throw error;
  }
}

/** Drops the database that `url` names, connections and all; does nothing when it is not there. */
export async function dropDatabase(url: string): Promise<void> {
  const fields = connectionFields(url);
  const drop = `DROP DATABASE IF EXISTS ${pg.escapeIdentifier(fields.database)} WITH (FORCE)`;
  await withClient({ ...fields, database: 'postgres' }, (client) => client.query(drop));
}
