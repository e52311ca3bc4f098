import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseEnv } from 'node:util';
import { localCertificate } from '@latchkey/installation';
import { freePort, projectRoot, withDatabase } from '@latchkey/postgres';
import { startKafka } from '../../libs/testing/src/backing/kafka.js';
import { startPostgres } from '../../libs/testing/src/backing/postgres.js';
import { startRedis } from '../../libs/testing/src/backing/redis.js';
import type { Running } from './latchkey.js';

const START_MS = 180_000;
const SERVICES = ['identity', 'organizations', 'billing', 'webhooks'];

/** A Latchkey that runs, and how it is ended. */
export interface Started {
  running: Running;
  stop(): Promise<void>;
}

/** Starts Latchkey as processes of their own, in one of the two ways to run. */
export async function startFor(mode: string): Promise<Started> {
  const dataDir = mkdtempSync(join(tmpdir(), 'latchkey-e2e-'));
  const backing = mode === 'distributed' ? await startBacking() : { env: {}, stop: () => Promise.resolve() };
  const tls = await tlsIn(dataDir);
  const ports = { LATCHKEY_FAPI_PORT: String(await freePort()), LATCHKEY_BAPI_PORT: String(await freePort()) };
  const script = mode === 'distributed' ? 'start:distributed' : 'start';
  const child = spawn('npm', ['run', '--silent', script], {
    cwd: projectRoot(),
    env: {
      ...process.env,
      ...ports,
      LATCHKEY_TLS_PORT: String(tls.port),
      LATCHKEY_TLS_CERT_FILE: tls.certFile,
      LATCHKEY_TLS_KEY_FILE: tls.keyFile,
      ...backing.env,
      LATCHKEY_DATA_DIR: dataDir,
      LOG_LEVEL: 'warn',
      GATEWAY_RATE_LIMITS: 'off',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  const stop = async () => {
    await end(child);
    await backing.stop();
    rmSync(dataDir, { recursive: true, force: true });
  };
  try {
    await saysReady(child);
  } catch (error) {
    await stop();
    throw error;
  }
  const app = parseEnv(readFileSync(join(dataDir, 'app.env'), 'utf8')) as Record<string, string>;
  return { running: { mode, dataDir, app, tls }, stop };
}

/** A certificate for the hosts of production instances; the browser is told to believe its authority. */
async function tlsIn(folder: string): Promise<Running['tls']> {
  const { certificate, key, pin } = localCertificate(['*.own.test', '*.proxied.test', '*.live.test'], new Date());
  const tls = {
    port: (await freePort())!,
    certFile: join(folder, 'tls.pem'),
    keyFile: join(folder, 'tls-key.pem'),
    pin,
  };
  writeFileSync(tls.certFile, certificate);
  writeFileSync(tls.keyFile, key);
  return tls;
}

async function startBacking() {
  const [postgres, redis, kafka] = await Promise.all([startPostgres(), startRedis(), startKafka()]);
  const databases = SERVICES.map((service) => [
    `${service.toUpperCase()}_DATABASE_URL`,
    withDatabase(postgres.url, `latchkey_${service}`),
  ]);
  return {
    env: {
      KAFKA_BROKERS: kafka.url,
      REDIS_URL: redis.url,
      ...(Object.fromEntries(databases) as Record<string, string>),
    },
    stop: async () => {
      for (const server of [kafka, redis, postgres]) await server.stop();
    },
  };
}

async function saysReady(child: ChildProcess): Promise<void> {
  const lines = createInterface({ input: child.stdout! });
  const seen: string[] = [];
  const deadline = setTimeout(() => lines.close(), START_MS);
  for await (const line of lines) {
    seen.push(line);
    if (/^ready\b/.test(line)) {
      clearTimeout(deadline);
      // Whatever else it writes must not fill the pipe.
      child.stdout!.resume();
      return;
    }
  }
  throw new Error(`Latchkey did not become ready:\n${seen.join('\n')}`);
}

/** npm runs the product as a child of its own: the whole group is told to end. */
async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.pid === undefined) return;
  const ended = once(child, 'exit');
  process.kill(-child.pid, 'SIGTERM');
  const hard = setTimeout(() => process.kill(-child.pid!, 'SIGKILL'), 15_000);
  await ended;
  clearTimeout(hard);
}
