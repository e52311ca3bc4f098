import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { freePort, projectRoot, withDatabase } from '@latchkey/postgres';
import pg from 'pg';
import { eventually } from './eventually.js';

/** All of Latchkey in one process, on a data folder of its own. */
export interface Standalone {
  app: Record<string, string>;
  dataDir: string;
  /** Runs a statement on the database of `webhooks`. */
  query(sql: string): Promise<unknown[]>;
  stop(): Promise<void>;
}

export async function startStandalone(): Promise<Standalone> {
  const dataDir = mkdtempSync(join(tmpdir(), 'latchkey-standalone-'));
  const ports = { LATCHKEY_FAPI_PORT: String(await freePort()), LATCHKEY_BAPI_PORT: String(await freePort()) };
  const main = join(projectRoot(), 'dist', 'apps', 'standalone', 'main.js');
  const child = spawn(process.execPath, ['--enable-source-maps', main], {
    cwd: projectRoot(),
    env: { ...process.env, ...ports, LATCHKEY_DATA_DIR: dataDir, LOG_LEVEL: 'fatal', GATEWAY_RATE_LIMITS: 'off' },
    stdio: 'ignore',
  });
  const stop = async () => {
    const ended = child.exitCode === null ? once(child, 'exit') : undefined;
    child.kill('SIGTERM');
    await ended;
    rmSync(dataDir, { recursive: true, force: true });
  };
  const file = join(dataDir, 'app.env');
  try {
    await eventually('standalone has started', () => existsSync(file));
  } catch (error) {
    await stop();
    throw error;
  }
  const { password, port } = JSON.parse(readFileSync(join(dataDir, 'postgres', 'server.json'), 'utf8')) as {
    password: string;
    port: number;
  };
  const connectionString = withDatabase(`postgresql://latchkey:${password}@127.0.0.1:${port}/`, 'latchkey_webhooks');
  return {
    app: parseEnv(readFileSync(file, 'utf8')) as Record<string, string>,
    dataDir,
    stop,
    async query(sql) {
      const client = new pg.Client({ connectionString });
      await client.connect();
      try {
        return (await client.query<pg.QueryResultRow>(sql)).rows;
      } finally {
        await client.end();
      }
    },
  };
}
