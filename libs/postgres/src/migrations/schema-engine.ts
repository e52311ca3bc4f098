import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import type { MigrationList, SchemaEngine, SchemaFilter } from '@prisma/schema-engine-wasm';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { connectionFields } from '../connection.js';
import { MigrationAdapterFactory } from './migration-adapter.js';
import { MigrationError } from './migration-error.js';
import type { MigrationFolder } from './migration-folder.js';

const NO_FILTER: SchemaFilter = { externalTables: [], externalEnums: [] };
const GLUE = '@prisma/schema-engine-wasm/schema_engine_bg';

/** Prisma's schema engine, compiled to wasm, on one database and one service's migrations. */
export class Engine {
  private constructor(
    private readonly engine: SchemaEngine,
    private readonly folder: MigrationFolder,
  ) {}

  /** Loads the engine (a quarter of a second), runs `use`, and closes every connection that it opened. */
  static async run<T>(url: string, folder: MigrationFolder, use: (engine: Engine) => Promise<T>): Promise<T> {
    const schemaName = new URL(url).searchParams.get('schema') ?? 'public';
    const factory = new MigrationAdapterFactory(connectionFields(url), schemaName);
    const { SchemaEngine } = await loadEngine();
    let engine: SchemaEngine | undefined;
    try {
      const datamodels: [string, string][] = [[folder.schemaPath, folder.schema()]];
      engine = await SchemaEngine.new({ datamodels }, () => {}, bindMigrationAwareSqlAdapterFactory(factory));
      return await use(new Engine(engine, folder));
    } catch (error) {
      if (error instanceof MigrationError) throw error;
      throw new MigrationError(factory.scriptError?.message ?? messageOf(error), { cause: error });
    } finally {
      engine?.free();
      await factory.close();
    }
  }

  /** Applies what is pending, in order and one process at a time; answers with the names. */
  async apply(): Promise<string[]> {
    const input = { migrationsList: migrationList(this.folder), filters: NO_FILTER };
    return (await this.engine.applyMigrations(input)).appliedMigrationNames;
  }

  /** The SQL that leads from the replayed history to the schema; null when they agree. */
  async difference(): Promise<string | null> {
    const { migrationDirectories, ...rest } = migrationList(this.folder);
    const { exitCode, stdout } = await this.engine.diff({
      from: migrationDirectories.length > 0 ? { tag: 'migrations', migrationDirectories, ...rest } : { tag: 'empty' },
      to: {
        tag: 'schemaDatamodel',
        files: [{ path: this.folder.schemaPath, content: this.folder.schema() }],
      },
      script: true,
      exitCode: true,
      filters: NO_FILTER,
    });
    return exitCode === 2 ? (stdout ?? '') : null;
  }

  async resolve(name: string, outcome: 'applied' | 'rolled-back'): Promise<void> {
    const input = { migrationName: name, migrationsList: migrationList(this.folder) };
    if (outcome === 'applied') await this.engine.markMigrationApplied(input);
    else await this.engine.markMigrationRolledBack(input);
  }
}

type Glue = typeof import('@prisma/schema-engine-wasm') & { __wbg_set_wasm(exports: WebAssembly.Exports): void };
let loading: Promise<Glue> | undefined;

/** The package's own entry imports `.wasm` as a module, which Node cannot do without a flag: it is set up by hand, once. */
function loadEngine(): Promise<Glue> {
  return (loading ??= (async () => {
    const glue = (await import(/* webpackIgnore: true */ GLUE)) as Glue;
    const folder = dirname(createRequire(import.meta.url).resolve(GLUE));
    Object.assign(globalThis, {
      PRISMA_WASM_PANIC_REGISTRY: { set_message: (text: string) => process.stderr.write(`schema engine: ${text}\n`) },
    });
    const wasm = await readFile(join(folder, 'schema_engine_bg.wasm'));
    const { instance } = await WebAssembly.instantiate(wasm, { './schema_engine_bg.js': withoutLingering(glue) });
    glue.__wbg_set_wasm(instance.exports);
    (instance.exports as { __wbindgen_start(): void }).__wbindgen_start();
    return glue;
  })());
}

/** The engine arms a timer of ten seconds for its advisory lock and never clears it; the process must not wait for that. */
function withoutLingering(glue: Glue): WebAssembly.ModuleImports {
  const imports = { ...glue } as unknown as Record<string, (...args: unknown[]) => unknown>;
  for (const [name, original] of Object.entries(imports)) {
    if (!name.startsWith('__wbg_setTimeout_')) continue;
    imports[name] = (...args) => {
      const timer = original(...args) as NodeJS.Timeout;
      return timer.unref();
    };
  }
  return imports;
}

const migrationList = (folder: MigrationFolder): MigrationList => ({
  baseDir: folder.path,
  lockfile: { path: 'migration_lock.toml', content: folder.lockFile() },
  shadowDbInitScript: '',
  migrationDirectories: folder.migrations().map(({ name, sql }) => ({
    path: name,
    migrationFile: { path: 'migration.sql', content: { tag: 'ok', value: sql } },
  })),
});

/** What the engine says, without the Rust trace below it. */
const messageOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split(/\n\s+0: /)[0]!.trim();
