import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { localCertificate } from '@latchkey/installation';
import { freePort, projectRoot } from '@latchkey/postgres';
import type { Running } from './latchkey.js';

const START_MS = 180_000;
const STOP_MS = 20_000;

/** A Latchkey that runs, and how it is ended. */
export interface Started {
  running: Running;
  stop(): Promise<void>;
}

/**
 * Starts Latchkey as its users do, in one of the two ways to run; what a distributed one stands on is what `npm run infra` starts. Its end
 * fails when anything is left running.
 */
export async function startFor(mode: string): Promise<Started> {
  const isDistributed = mode === 'distributed';
  const dataDir = mkdtempSync(join(tmpdir(), 'latchkey-e2e-'));
  const scripts: Script[] = [];
  const stop = async () => {
    const env = isDistributed ? infraEnv(scripts[0]?.printed() ?? '') : {};
    for (const script of scripts.reverse()) await script.stop();
    rmSync(dataDir, { recursive: true, force: true });
    for (const [name, url] of Object.entries(env)) {
      const isOurs = !process.env[name.endsWith('_DATABASE_URL') ? 'TEST_DATABASE_URL' : name];
      const port = Number(/:(\d+)(?:\/\w*)?$/.exec(url)![1]);
      if (isOurs && (await freePort(port)) === null) throw new Error(`npm run infra has left what answers at ${url}`);
    }
  };
  try {
    const infra = isDistributed ? await start(scripts, ['infra', '--', '--scratch'], {}) : undefined;
    const tls = await tlsIn(dataDir);
    const script = await start(scripts, [isDistributed ? 'start:distributed' : 'start'], {
      LATCHKEY_FAPI_PORT: String(await freePort()),
      LATCHKEY_BAPI_PORT: String(await freePort()),
      LATCHKEY_TLS_PORT: String(tls.port),
      LATCHKEY_TLS_CERT_FILE: tls.certFile,
      LATCHKEY_TLS_KEY_FILE: tls.keyFile,
      ...(infra && infraEnv(infra.printed())),
      LATCHKEY_DATA_DIR: dataDir,
      LOG_LEVEL: 'warn',
      GATEWAY_RATE_LIMITS: 'off',
    });
    const app = parseEnv(readFileSync(join(dataDir, 'app.env'), 'utf8')) as Record<string, string>;
    return { running: { mode, dataDir, app, tls, printed: script.printed() }, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The environment that `npm run infra` tells to give to `npm run start:distributed`. */
const infraEnv = (printed: string): Record<string, string> =>
  Object.fromEntries([...printed.matchAll(/^([A-Z_]+)=(\S+) \\$/gm)].map(([, name, value]) => [name!, value!]));

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

/** A script of npm's that runs. */
interface Script {
  /** What it has written until it was ready. */
  printed(): string;
  stop(): Promise<void>;
}

/** Runs a script until it says `ready`; it is in `scripts` from the beginning, so that it is ended in any case. */
async function start(scripts: Script[], args: string[], env: Record<string, string>): Promise<Script> {
  const npm = spawn('npm', ['run', '--silent', ...args], {
    cwd: projectRoot(),
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let printed = '';
  const script: Script = { printed: () => printed, stop: () => end(npm, args[0]!) };
  scripts.push(script);
  const ready = Promise.withResolvers<void>();
  let isReady = false;
  for (const stream of [npm.stdout, npm.stderr]) {
    // Whatever else it writes must not fill the pipe.
    stream.on('data', (chunk: Buffer) => {
      if (isReady) return;
      printed += chunk.toString();
      isReady = /^ready\b.*\n/m.test(printed);
      if (isReady) ready.resolve();
    });
  }
  npm.stderr.pipe(process.stderr);
  npm.once('exit', () => ready.reject(new Error(`npm run ${args[0]} did not become ready:\n${printed}`)));
  const patience = setTimeout(() => npm.kill('SIGKILL'), START_MS);
  await ready.promise.finally(() => clearTimeout(patience));
  return script;
}

/**
 * Ends a script as an operator does, who knows npm alone.
 *
 * @throws when a process of it is left
 */
async function end(npm: ChildProcess, name: string): Promise<void> {
  if (npm.pid === undefined) return;
  if (npm.exitCode === null && npm.signalCode === null) {
    const ended = once(npm, 'exit');
    npm.kill('SIGTERM');
    const patience = setTimeout(() => npm.kill('SIGKILL'), STOP_MS);
    await ended;
    clearTimeout(patience);
  }
  try {
    process.kill(-npm.pid, 'SIGKILL');
  } catch {
    return; // nobody is left of its group
  }
  throw new Error(`npm run ${name} has ended, and left processes behind`);
}
