import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../project-root.js';
import { MigrationError } from './migration-error.js';

/** A migration as it lies in the project. */
export interface MigrationFile {
  /** The folder's name, which sorts by time. */
  name: string;
  sql: string;
  /** SHA-256 of the file in hex, as the ledger keeps it. */
  checksum: string;
}

/** What the project says one service's database should be. */
export class MigrationFolder {
  private constructor(
    readonly service: string,
    readonly schemaPath: string,
    readonly path: string,
  ) {}

  /**
   * @param root the folder that holds `prisma/`; found by itself when left out
   * @throws MigrationError when the service has no schema
   */
  static of(service: string, root = projectRoot()): MigrationFolder {
    const folder = join(root, 'prisma', service);
    const schema = join(folder, 'schema.prisma');
    if (!existsSync(schema)) throw new MigrationError(`There is no service "${service}": ${schema} does not exist`);
    return new MigrationFolder(service, schema, join(folder, 'migrations'));
  }

  schema(): string {
    return readFileSync(this.schemaPath, 'utf8');
  }

  /** Every migration, oldest first. */
  migrations(): MigrationFile[] {
    if (!existsSync(this.path)) return [];
    const names = readdirSync(this.path, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name)
      .sort();
    return names.map((name) => {
      const file = join(this.path, name, 'migration.sql');
      if (!existsSync(file)) throw new MigrationError(`${file} is missing`);
      const sql = readFileSync(file, 'utf8');
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
    });
  }

  lockFile(): string | null {
    const file = join(this.path, 'migration_lock.toml');
    return existsSync(file) ? readFileSync(file, 'utf8') : null;
  }
}
