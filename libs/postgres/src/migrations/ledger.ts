import type pg from 'pg';
import { sqlState } from '../connection.js';
import type { MigrationFile } from './migration-folder.js';

const UNDEFINED_TABLE = '42P01';

/** One row of Prisma's `_prisma_migrations`: an attempt to apply a migration. */
export interface LedgerRow {
  name: string;
  checksum: string;
  state: 'applied' | 'unfinished' | 'rolled-back';
}

/** What is recorded in the database; nothing when no migration ever ran there. */
export async function readLedger(client: pg.Client): Promise<LedgerRow[]> {
  try {
    const { rows } = await client.query<LedgerRow>(
      `SELECT migration_name AS name, checksum, CASE WHEN rolled_back_at IS NOT NULL THEN 'rolled-back'
              WHEN finished_at IS NULL THEN 'unfinished' ELSE 'applied' END AS state
         FROM _prisma_migrations ORDER BY started_at`,
    );
    return rows;
  } catch (error) {
    if (sqlState(error) === UNDEFINED_TABLE) return [];
    throw error;
  }
}

/** How a database differs from the code; lists of migrations' names, each in the order of its source. */
export interface Comparison {
  /** In the code, not in the database: to be applied. */
  pending: string[];
  /** In the database, not in the code: a newer version wrote it. */
  unknown: string[];
  /** Applied, and the file has been changed since. */
  edited: string[];
  /** Begun and neither finished nor rolled back: it failed, or another process is at it right now. */
  unfinished: string[];
}

/** Holds the migrations of the code against what the database says of itself. */
export function compare(files: MigrationFile[], ledger: LedgerRow[]): Comparison {
  const applied = new Map(ledger.filter((row) => row.state === 'applied').map((row) => [row.name, row.checksum]));
  const known = new Set(files.map((file) => file.name));
  return {
    pending: files.filter((file) => !applied.has(file.name)).map((file) => file.name),
    unknown: [...applied.keys()].filter((name) => !known.has(name)),
    edited: files
      .filter((file) => (applied.get(file.name) ?? file.checksum) !== file.checksum)
      .map((file) => file.name),
    unfinished: ledger.filter((row) => row.state === 'unfinished' && !applied.has(row.name)).map((row) => row.name),
  };
}
