import { connectionFields, withClient } from '../connection.js';
import { ensureDatabase } from '../databases.js';
import { compare, readLedger, type Comparison } from './ledger.js';
import { MigrationError } from './migration-error.js';
import { MigrationFolder, type MigrationFile } from './migration-folder.js';
import { Engine } from './schema-engine.js';

/** A database, and whose migrations it is to have. */
export interface MigrationTarget {
  /** The database, as a `postgresql://` URL; `?schema=` is understood. */
  url: string;
  /** The owner of the database, which names the folder `prisma/<service>/`. */
  service: string;
  /** The folder that holds `prisma/`; found by itself when left out. */
  root?: string;
}

/** What `deploy` works on. */
export interface DeployOptions extends MigrationTarget {
  /** Gets a line per database created and migration applied. */
  log?: (line: string) => void;
}

/**
 * Brings a database to what the code expects: creates it when it is missing and applies the migrations that it lacks.
 * Safe to run at any time, and by several processes at once. Costs one query when there is nothing to do.
 *
 * @returns the names of the migrations that this call applied
 * @throws MigrationError when the data was written by a newer version, when an applied migration's file was edited, and when
 *   a migration fails; a failed one leaves no trace but its row in the ledger
 */
export async function deploy({ url, service, root, log = () => {} }: DeployOptions): Promise<string[]> {
  const folder = MigrationFolder.of(service, root);
  const files = folder.migrations();
  const state = await reachable(url, service, async () => {
    if (await ensureDatabase(url)) log(`${service}: created database ${connectionFields(url).database}`);
    return inspect(url, files);
  });
  refuse(service, state);
  if (state.pending.length === 0) return [];

  const applied = await Engine.run(url, folder, (engine) => engine.apply()).catch(async (error: unknown) => {
    const { unfinished } = await inspect(url, files);
    throw new MigrationError(explain(service, unfinished, error), { cause: error });
  });
  for (const name of applied) log(`${service}: applied ${name}`);
  return applied;
}

/** How a database stands to the code; changes nothing. */
export async function status({ url, service, root }: MigrationTarget): Promise<Comparison> {
  const files = MigrationFolder.of(service, root).migrations();
  return reachable(url, service, () => inspect(url, files));
}

/** Says which database it was that could not be used; the driver's error does not. */
async function reachable<T>(url: string, service: string, use: () => Promise<T>): Promise<T> {
  if (!/^postgres(ql)?:\/\//.test(url))
    throw new MigrationError(`The URL of the ${service} database must begin with postgresql://`);
  try {
    return await use();
  } catch (cause) {
    const { host, port, database } = connectionFields(url);
    const { message, code } = cause as Error & { code?: string };
    const where = `"${database}" of ${service} on ${host}:${port}`;
    throw new MigrationError(`The database ${where} cannot be used: ${message || code}`, { cause });
  }
}

async function inspect(url: string, files: MigrationFile[]): Promise<Comparison> {
  const schema = new URL(url).searchParams.get('schema') ?? 'public';
  const fields = { ...connectionFields(url), options: `-c search_path=${schema}` };
  return compare(files, await withClient(fields, readLedger));
}

function refuse(service: string, { unknown, edited }: Comparison): void {
  if (unknown.length > 0) {
    throw new MigrationError(
      `The ${service} data was written by a newer version of Latchkey: its database has ${list(unknown)}, which this ` +
        `version does not know. Start that version or a later one, or restore a backup made before the upgrade.`,
    );
  }
  if (edited.length > 0) {
    throw new MigrationError(
      `A migration of ${service} was changed after it had been applied: ${list(edited)}. Restore the file as it was and put ` +
        `the change into a new migration (npm run migrate -- create ${service} <name>).`,
    );
  }
}

function explain(service: string, unfinished: string[], error: unknown): string {
  const cause = error instanceof Error ? error.message : String(error);
  const [failed] = unfinished;
  if (!failed) return `The migrations of ${service} could not be applied: ${cause}`;
  return (
    `Migration ${failed} of ${service} failed and was rolled back: ${cause}\n` +
    `Once its cause is gone: npm run migrate -- resolve ${service} rolled-back ${failed}, then deploy again.`
  );
}

const list = (names: string[]): string =>
  names.length > 3 ? `${names.slice(0, 3).join(', ')} and more` : names.join(', ');
