import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Binaries } from './binaries.js';
import { runAs, type Account } from './unprivileged.js';
import { ServerError } from './server-error.js';

/** The superuser of the embedded server, which is its only role. */
export const USER = 'latchkey';
const VERSION = '18';

/** The files of one embedded server. */
export class Cluster {
  /** Postgres's own data folder. */
  readonly data: string;
  readonly log: string;
  readonly lock: string;
  private readonly settingsFile: string;

  constructor(readonly folder: string) {
    this.data = join(folder, 'cluster');
    this.log = join(folder, 'server.log');
    this.lock = join(folder, 'lock');
    this.settingsFile = join(folder, 'server.json');
  }

  /** Makes the folder. The account that Postgres runs as must be able to pass through it. */
  prepare(account: Account | null): void {
    mkdirSync(this.folder, { recursive: true, mode: 0o700 });
    if (account) chownSync(this.folder, account.uid, account.gid);
  }

  /** @throws when the folder holds something that this Postgres cannot run on */
  exists(): boolean {
    const isEmpty = !existsSync(this.data) || readdirSync(this.data).length === 0;
    if (isEmpty) return false;
    const versionFile = join(this.data, 'PG_VERSION');
    if (!existsSync(versionFile)) throw damaged(this.folder, 'it has no PG_VERSION');
    const version = readFileSync(versionFile, 'utf8').trim();
    if (version !== VERSION) {
      throw new ServerError(
        `The data in ${this.data} is of Postgres ${version || 'an unknown version'}; this is Postgres ${VERSION}. ` +
          `Dump it with the version that wrote it and load it into a new folder.`,
      );
    }
    if (!existsSync(this.settingsFile)) throw damaged(this.folder, 'server.json, which keeps its password, is missing');
    return true;
  }

  /** Creates the data with a new password; all of it or, when something fails, nothing. */
  create(binaries: Binaries, account: Account | null, isDurable: boolean): void {
    for (const name of readdirSync(this.folder)) {
      if (name.startsWith('cluster.new-')) rmSync(join(this.folder, name), { recursive: true, force: true });
    }
    const draft = join(this.folder, `cluster.new-${process.pid}`);
    const passwordFile = join(this.folder, 'password.new');
    const password = randomBytes(24).toString('base64url');
    writeFileSync(passwordFile, password, { mode: 0o600 });
    if (account) chownSync(passwordFile, account.uid, account.gid);
    try {
      const args = ['--pgdata', draft, '--username', USER, '--pwfile', passwordFile, '--auth', 'scram-sha-256'];
      // The built-in provider sorts alike on every system, so a data folder may move between machines.
      args.push('--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8');
      if (!isDurable) args.push('--no-sync');
      const run = runAs(account, binaries.initdb, args, [draft]);
      const { status, error, stderr } = spawnSync(run.command, run.args, {
        ...run.options,
        cwd: '/',
        encoding: 'utf8',
      });
      if (status !== 0)
        throw new ServerError(
          `Postgres could not create its data in ${this.folder}: ${error?.message ?? stderr.trim()}`,
        );
      writeFileSync(this.settingsFile, JSON.stringify({ password }), { mode: 0o600 });
      rmSync(this.data, { recursive: true, force: true });
      renameSync(draft, this.data);
    } finally {
      rmSync(passwordFile, { force: true });
      rmSync(draft, { recursive: true, force: true });
    }
  }

  settings(): { password: string; port?: number } {
    try {
      return JSON.parse(readFileSync(this.settingsFile, 'utf8')) as { password: string; port?: number };
    } catch {
      throw damaged(this.folder, 'server.json, which keeps its password, cannot be read');
    }
  }

  keepPort(port: number): void {
    const settings = this.settings();
    if (settings.port === port) return;
    const draft = `${this.settingsFile}.new`;
    writeFileSync(draft, JSON.stringify({ ...settings, port }), { mode: 0o600 });
    renameSync(draft, this.settingsFile);
  }
}

/** The data cannot be used, and nothing here may mend it: that is for whoever has the backup. */
export const damaged = (folder: string, why: string) =>
  new ServerError(
    `The database in ${folder} cannot be used: ${why}. Restore the folder from a backup, or move it away to start with an empty one.`,
  );
