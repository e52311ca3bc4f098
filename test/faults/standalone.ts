import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { freePort, withDatabase } from '@latchkey/postgres';
import pg from 'pg';
import { startProgram } from '../../libs/testing/src/programs.js';

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
  const { output, stop: end } = await startProgram('standalone', {
    env: { ...ports, LATCHKEY_DATA_DIR: dataDir, LOG_LEVEL: 'fatal', GATEWAY_RATE_LIMITS: 'off' },
    ready: /^ready\b/m,
  });
  const stop = async () => {
    await end();
    rmSync(dataDir, { recursive: true, force: true });
  };
  const file = join(dataDir, 'app.env');
  if (!existsSync(file)) {
    await stop();
    throw new Error(`standalone did not start:\n${output()}`);
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
