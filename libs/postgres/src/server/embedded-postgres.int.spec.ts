import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withClient } from '../connection.js';
import { ensureDatabase } from '../databases.js';
import { projectRoot } from '../project-root.js';
import { startEmbeddedPostgres, startScratchPostgres, type EmbeddedPostgres } from './embedded-postgres.js';
import { isAlive, until } from './processes.js';

const folders: string[] = [];
const servers: EmbeddedPostgres[] = [];

/** An empty data folder. */
function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-embedded-'));
  folders.push(folder);
  return folder;
}

async function start(dataDir: string, port?: number): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({ dataDir, port, fast: true });
  servers.push(server);
  return server;
}

const query = async <T>(url: string, sql: string) =>
  withClient({ connectionString: url }, async (client) => (await client.query(sql)).rows as T[]);

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()));
});
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

describe('startEmbeddedPostgres', () => {
  it('keeps data, password and port from one start to the next', async () => {
    const dataDir = newFolder();
    const first = await start(dataDir);
    await ensureDatabase(first.databaseUrl('app'));
    await query(first.databaseUrl('app'), `CREATE TABLE kept AS SELECT 'yes' AS answer`);
    await first.stop();

    const second = await start(dataDir);

    expect(second.url).toBe(first.url);
    expect(await query(second.databaseUrl('app'), 'SELECT answer FROM kept')).toEqual([{ answer: 'yes' }]);
    expect(await first.ended).toBe(true);
  });

  it('listens on loopback alone, asks for its password, which only the owner can read, and takes 200 connections', async () => {
    const dataDir = newFolder();
    const { url, port } = await start(dataDir);

    const [settings] = await query(
      url,
      `SELECT current_setting('listen_addresses') AS addresses, current_setting('unix_socket_directories') AS sockets,
              current_setting('max_connections') AS connections, current_setting('server_encoding') AS encoding`,
    );
    expect(settings).toEqual({ addresses: '127.0.0.1', sockets: '', connections: '200', encoding: 'UTF8' });
    expect(statSync(join(dataDir, 'server.json')).mode & 0o777).toBe(0o600);
    await expect(query(`postgresql://latchkey:wrong@127.0.0.1:${port}/postgres`, 'SELECT 1')).rejects.toThrow(
      /password authentication failed/,
    );
  });

  it('refuses a folder that is in use, and says by whom', async () => {
    const dataDir = newFolder();
    await start(dataDir);

    await expect(start(dataDir)).rejects.toThrow(`The database in ${dataDir} is in use by process ${process.pid}`);
  });

  it('takes another port when its own is taken meanwhile, unless it was told to use that one', async () => {
    const dataDir = newFolder();
    const { port, stop } = await start(dataDir);
    await stop();
    const intruder = createServer().listen(port, '127.0.0.1');
    await once(intruder, 'listening');
    try {
      await expect(start(dataDir, port)).rejects.toThrow(`Port ${port}, which the database was told to use, is taken.`);
      expect((await start(dataDir)).port).not.toBe(port);
    } finally {
      intruder.close();
    }
  });

  it('comes back after a crash with what was committed', async () => {
    const dataDir = newFolder();
    const first = await start(dataDir);
    await query(first.url, 'CREATE TABLE kept AS SELECT 1 AS n');
    await first.kill();

    const second = await start(dataDir);

    expect(await query(second.url, 'SELECT n FROM kept')).toEqual([{ n: 1 }]);
  });

  it('tells when the server ends by itself', async () => {
    const server = await start(newFolder());

    process.kill(server.pid, 'SIGKILL');

    expect(await server.ended).toBe(false);
  });

  it('ends what a killed process left running, and goes on with its data', async () => {
    const dataDir = newFolder();
    const orphan = await startInChild(dataDir, 'SIGKILL');
    expect(isAlive(orphan.pid)).toBe(true);

    const server = await start(dataDir);

    expect(isAlive(orphan.pid)).toBe(false);
    expect(server.pid).not.toBe(orphan.pid);
    expect(await query(server.url, 'SELECT n FROM kept')).toEqual([{ n: 1 }]);
  });

  it('ends with its process', async () => {
    const { pid } = await startInChild(newFolder(), 'exit');

    expect(await until(() => !isAlive(pid), 10_000)).toBe(true);
  });

  it.each([
    ['PG_VERSION is gone', (data: string) => rmSync(join(data, 'PG_VERSION')), /cannot be used: it has no PG_VERSION/],
    [
      'another version wrote it',
      (data: string) => writeFileSync(join(data, 'PG_VERSION'), '15\n'),
      /is of Postgres 15; this is Postgres 18/,
    ],
    [
      'the control file is cut off',
      (data: string) => truncateSync(join(data, 'global/pg_control'), 100),
      /cannot be used: Postgres says ".*pg_control/,
    ],
    ['the password is gone', (data: string) => rmSync(join(data, '../server.json')), /cannot be used: server\.json/],
  ])('says so when %s', async (_, damage, message) => {
    const dataDir = newFolder();
    await (await start(dataDir)).stop();
    damage(join(dataDir, 'cluster'));

    await expect(start(dataDir)).rejects.toThrow(message);
    expect(existsSync(join(dataDir, 'lock'))).toBe(false);
  });

  it('starts below a folder that only its owner may enter', async () => {
    const outer = newFolder();
    chmodSync(outer, 0o700);

    const server = await start(join(outer, 'data'));

    expect(await query(server.url, 'SELECT 1 AS n')).toEqual([{ n: 1 }]);
  });
});

describe('startScratchPostgres', () => {
  it('leaves nothing behind', async () => {
    const server = await startScratchPostgres();
    expect(await query(server.url, 'SELECT 1 AS n')).toEqual([{ n: 1 }]);

    await server.stop();

    expect(existsSync(server.dataDir)).toBe(false);
  });
});

/** Starts a server from a process of its own and ends that process. */
async function startInChild(dataDir: string, end: 'SIGKILL' | 'exit'): Promise<{ pid: number }> {
  const script = `
    import 'LOADER';
    const { startEmbeddedPostgres } = await import('@latchkey/postgres');
    const { default: pg } = await import('PG');
    const server = await startEmbeddedPostgres({ dataDir: ${JSON.stringify(dataDir)}, fast: true });
    const client = new pg.Client({ connectionString: server.url });
    await client.connect();
    await client.query('CREATE TABLE kept AS SELECT 1 AS n');
    await client.end();
    process.stdout.write('up');
    process.stdin.once('data', () => process.exit(0));`;
  const file = (path: string) => new URL(path, `file://${projectRoot()}/`).href;
  const code = script
    .replace('LOADER', file('tools/lib/typescript.mjs'))
    .replace('PG', file('node_modules/pg/esm/index.mjs'));
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: ['pipe', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  const pid = Number(readFileSync(join(dataDir, 'cluster', 'postmaster.pid'), 'utf8').split('\n')[0]);
  if (end === 'exit') child.stdin.write('.');
  else child.kill(end);
  await once(child, 'exit');
  return { pid };
}
