import { mkdirSync, writeFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import type { MigrationTarget } from './deploy.js';
import { MigrationFolder } from './migration-folder.js';
import { Engine } from './schema-engine.js';

/**
 * Writes the migration that leads from the existing ones to the schema. `url` names any database of a server on which a
 * throw-away database may be created; the named one is not touched.
 *
 * @returns the file written, or null when schema and migrations agree
 */
export async function create({ url, service, root, name }: MigrationTarget & { name: string }): Promise<string | null> {
  const folder = MigrationFolder.of(service, root);
  const sql = await Engine.run(url, folder, (engine) => engine.difference());
  if (sql === null) return null;
  const stamp = new Date().toISOString().replace(/\D/g, '').slice(0, 14);
  const path = join(folder.path, `${stamp}_${name.trim().replace(/\W+/g, '_').toLowerCase()}`);
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, 'migration.sql'), sql);
  const lock = join(folder.path, 'migration_lock.toml');
  if (!existsSync(lock))
    writeFileSync(lock, '# Prisma reads this: keep it under version control.\nprovider = "postgresql"\n');
  return join(path, 'migration.sql');
}

/** The SQL that the migrations still owe to the schema; null when they agree. `url` as for {@link create}. */
export async function check({ url, service, root }: MigrationTarget): Promise<string | null> {
  return Engine.run(url, MigrationFolder.of(service, root), (engine) => engine.difference());
}

/** Repairs the ledger after a failed migration: it counts as applied (by hand), or may be tried again. */
export async function resolve(
  target: MigrationTarget & { name: string; outcome: 'applied' | 'rolled-back' },
): Promise<void> {
  const folder = MigrationFolder.of(target.service, target.root);
  await Engine.run(target.url, folder, (engine) => engine.resolve(target.name, target.outcome));
}
