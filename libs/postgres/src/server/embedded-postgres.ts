import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { sqlState, withClient } from '../connection.js';
import { postgresBinaries } from './binaries.js';
import { Cluster, USER, damaged } from './cluster.js';
import { lockFolder } from './folder-lock.js';
import { freePort } from './free-port.js';
import { commandOf, isAlive, until } from './processes.js';
import { runAs, unprivilegedAccount } from './unprivileged.js';
import { ServerError } from './server-error.js';

const START_WITHIN_MS = 60_000;
const STOP_WITHIN_MS = 20_000;
const LOG_BYTES = 1_000_000;

/** Where an embedded server keeps its data, and how it listens. */
export interface EmbeddedPostgresOptions {
  /** Where data, password and log are kept; made when missing. */
  dataDir: string;
  /** Without it: the port of the last start, or a free one, which is remembered. */
  port?: number;
  /** Give up what a power cut would need; a crash of the server alone still loses nothing. For tests. */
  fast?: boolean;
}

/** An embedded server that runs. */
export interface EmbeddedPostgres {
  /** The maintenance database `postgres`. */
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  readonly dataDir: string;
  /** Settles when the server has ended, with false when nobody had asked it to. */
  readonly ended: Promise<boolean>;
  /** URL of a database on this server; the database itself is made by `ensureDatabase` or `deploy`. */
  databaseUrl(name: string): string;
  /** Ends connections and writes everything down. */
  stop(): Promise<void>;
  /** Ends it as a crash would. */
  kill(): Promise<void>;
}

/**
 * Starts a Postgres of our own on 127.0.0.1, on the data in `dataDir`, and ends it with this process. What a killed process left
 * running there is ended first.
 *
 * @throws with a sentence for the operator when another process uses the folder, the data cannot be used, or the port is taken
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const binaries = postgresBinaries();
  const account = unprivilegedAccount();
  const cluster = new Cluster(resolve(options.dataDir));
  cluster.prepare(account);
  const unlock = lockFolder(cluster.lock, `The database in ${cluster.folder}`);
  try {
    await endOrphan(cluster);
    if (!cluster.exists()) cluster.create(binaries, account, !options.fast);
    const { password, port: lastPort } = cluster.settings();
    const url = (port: number, name: string) =>
      `postgresql://${USER}:${password}@127.0.0.1:${port}/${encodeURIComponent(name)}`;

    for (let attempt = 1; ; attempt++) {
      const port = await choosePort(options.port, attempt === 1 ? lastPort : undefined);
      const run = runAs(account, binaries.postgres, serverArguments(cluster, port, options.fast), [cluster.data]);
      const log = openLog(cluster.log);
      // A session of its own: Ctrl+C in a terminal reaches the whole foreground group, and the database must outlive the drain.
      const child = spawn(run.command, run.args, {
        ...run.options,
        cwd: '/',
        detached: true,
        stdio: ['ignore', log, log],
      });
      closeSync(log);
      const start = statSync(cluster.log).size;
      const outcome = await ready(child, url(port, 'postgres'));
      if (outcome === 'ready') {
        cluster.keepPort(port);
        return running(child, cluster, port, (name) => url(port, name), unlock);
      }
      const why = outcome === 'timeout' ? 'it did not answer in time' : lastWords(cluster.log, start);
      if (!isPassing(why) || options.port || attempt === 5) throw damaged(cluster.folder, why);
    }
  } catch (error) {
    unlock();
    throw error;
  }
}

/** A server on an empty temporary folder, which `stop` and `kill` delete. */
export async function startScratchPostgres(
  options: Pick<EmbeddedPostgresOptions, 'port' | 'fast'> = { fast: true },
): Promise<EmbeddedPostgres> {
  const dataDir = mkdtempSync(join(tmpdir(), 'latchkey-postgres-'));
  const remove = () => rmSync(dataDir, { recursive: true, force: true });
  try {
    const server = await startEmbeddedPostgres({ dataDir, ...options });
    process.once('exit', remove);
    const andRemove = (end: () => Promise<void>) => async () => {
      await end();
      process.removeListener('exit', remove);
      remove();
    };
    return { ...server, stop: andRemove(() => server.stop()), kill: andRemove(() => server.kill()) };
  } catch (error) {
    remove();
    throw error;
  }
}

function serverArguments(cluster: Cluster, port: number, isFast = false): string[] {
  const settings: Record<string, string> = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: '200',
    timezone: 'UTC',
    log_timezone: 'UTC',
    log_checkpoints: 'off',
    ...(isFast ? { fsync: 'off', full_page_writes: 'off' } : {}),
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  return ['-D', cluster.data, '-p', String(port), ...flags];
}

async function choosePort(asked: number | undefined, last: number | undefined): Promise<number> {
  if (asked) {
    const port = await freePort(asked);
    if (port === null) throw new ServerError(`Port ${asked}, which the database was told to use, is taken.`);
    return port;
  }
  return (last && (await freePort(last))) || (await freePort())!;
}

function openLog(file: string): number {
  if (existsSync(file) && statSync(file).size > LOG_BYTES) renameSync(file, `${file}.old`);
  return openSync(file, 'a', 0o600);
}

async function ready(child: ChildProcess, url: string): Promise<'ready' | 'ended' | 'timeout'> {
  let hasEnded = false;
  child.once('error', () => (hasEnded = true));
  child.once('exit', () => (hasEnded = true));
  const answers = () =>
    withClient({ connectionString: url, connectionTimeoutMillis: 2_000 }, (client) => client.query('SELECT 1')).then(
      () => true,
      (error: unknown) => sqlState(error) === '53300', // too many connections: it is up
    );
  const isSettled = await until(async () => hasEnded || (await answers()), START_WITHIN_MS);
  if (hasEnded) return 'ended';
  if (isSettled) return 'ready';
  child.kill('SIGKILL');
  return 'timeout';
}

/** The reason that Postgres gave for not starting. */
function lastWords(log: string, from: number): string {
  const lines = readFileSync(log)
    .subarray(Math.min(from, statSync(log).size))
    .toString('utf8')
    .split('\n');
  const told = lines.filter((line) => /\b(FATAL|PANIC|could not|error while)\b/.test(line));
  const words = (told.length > 0 ? told : lines.filter(Boolean).slice(-3)).map((line) =>
    line.replace(/^\S+ \S+ \S+ \[\d+\] /, ''),
  );
  return words.length > 0 ? `Postgres says "${words.join(' / ')}" (${log})` : `Postgres ended at once (${log})`;
}

/** Worth another try: the port was taken between choosing and using it, or a killed server's last children are still ending. */
const isPassing = (why: string): boolean =>
  /could not (bind|create any TCP)|shared memory block|Address already in use/i.test(why);

function running(
  child: ChildProcess,
  cluster: Cluster,
  port: number,
  databaseUrl: (name: string) => string,
  unlock: () => void,
): EmbeddedPostgres {
  let isAsked = false;
  const endNow = () => child.kill('SIGINT');
  process.once('exit', endNow);
  const ended = new Promise<boolean>((settle) => {
    child.once('exit', () => {
      process.removeListener('exit', endNow);
      unlock();
      settle(isAsked);
    });
  });
  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    isAsked = true;
    child.kill(signal);
    const patience = setTimeout(() => child.kill('SIGQUIT'), STOP_WITHIN_MS);
    await ended;
    clearTimeout(patience);
  };
  return {
    url: databaseUrl('postgres'),
    port,
    pid: child.pid!,
    dataDir: cluster.folder,
    ended,
    databaseUrl,
    stop: () => end('SIGINT'),
    kill: () => end('SIGKILL'),
  };
}

/** Ends the server that a killed process left running on this data; only its holder may have one, and that is us now. */
async function endOrphan(cluster: Cluster): Promise<void> {
  const file = join(cluster.data, 'postmaster.pid');
  if (!existsSync(file)) return;
  const pid = Number(readFileSync(file, 'utf8').split('\n')[0]);
  const isOurs = () => pid > 1 && isAlive(pid) && commandOf(pid).includes(cluster.data);
  if (!isOurs()) {
    // Whatever has that id now is not this server, and Postgres would take it for one.
    rmSync(file, { force: true });
    return;
  }
  process.kill(pid, 'SIGINT');
  if (await until(() => !isOurs(), STOP_WITHIN_MS)) return;
  process.kill(pid, 'SIGQUIT');
  if (await until(() => !isOurs(), STOP_WITHIN_MS)) return;
  throw new ServerError(
    `An earlier database server (process ${pid}) still runs on ${cluster.folder} and does not end.`,
  );
}
