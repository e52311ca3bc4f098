/**
 * Builds the five services and runs each as a process of its own, in the foreground, against KAFKA_BROKERS, REDIS_URL and one
 * <SERVICE>_DATABASE_URL each: from the environment, or as `npm run infra` has written them. Migrates first and declares the same
 * development instance as standalone does, or what LATCHKEY_CONFIG names. Ends all on Ctrl+C; restarts none: when one ends by
 * itself, all do. For one machine; a real deployment starts the same programs. Usage: `npm run start:distributed`
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { build } from './build.mjs';
import { ROOT, SERVICES } from './lib/project.mjs';
import './lib/typescript.mjs';

const { deploy, freePort } = await import('@latchkey/postgres');
const { settingsWithoutEffect, standaloneConfig } = await import('../apps/standalone/src/config.js');
const {
  completed,
  declare,
  declareAtStart,
  installationKeys,
  listenForCommands,
  readDeclaration,
  readTlsFiles,
  rotateKeys,
  writeSecretFile,
} = await import('@latchkey/installation');

const START_MS = 60_000;
const STOP_MS = 8_000;
const INFRA = join(ROOT, '.latchkey', 'infra.env');
const FIRST_PORT = 4201;

const databaseName = (/** @type {string} */ service) => `${service.toUpperCase()}_DATABASE_URL`;
const NEEDED = ['KAFKA_BROKERS', 'REDIS_URL', ...SERVICES.map(databaseName)];
const OF_REPLICAS = ['CONTEXT_SIGNING_KEY', 'MASTER_KEY', 'WEBHOOKS_ALLOWED_TARGETS', 'DRAIN_SECONDS'];

/** @type {Map<string, import('node:child_process').ChildProcess>} */
const running = new Map();
let isEnding = false;

/** @param {number} code */
async function end(code) {
  if (isEnding) return;
  isEnding = true;
  const ends = [...running.values()].map((child) => {
    if (child.exitCode !== null || child.signalCode !== null) return undefined;
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    const patience = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
    return ended.finally(() => clearTimeout(patience));
  });
  await Promise.all(ends);
  process.exit(code);
}

/** The environment with what `npm run infra` wrote, where nothing else names it. */
function environment() {
  const infra = existsSync(INFRA) ? parseEnv(readFileSync(INFRA, 'utf8')) : {};
  /** @type {Record<string, string | undefined>} */
  const env = { ...infra, ...process.env };
  const missing = NEEDED.filter((name) => !env[name]);
  if (missing.length > 0) {
    throw new Error(`${missing.join(', ')} must be set. \`npm run infra\` starts all of them on this machine.`);
  }
  return env;
}

/** @param {number} wanted */
const portNear = async (wanted) => /** @type {number} */ ((await freePort(wanted)) ?? (await freePort()));

/**
 * @param {string} service
 * @param {Record<string, string | undefined>} env
 */
function run(service, env) {
  const main = join(ROOT, 'dist', 'apps', service, 'main.js');
  const child = spawn(process.execPath, ['--enable-source-maps', main], { cwd: ROOT, env, stdio: 'inherit' });
  running.set(service, child);
  child.once('exit', (code, signal) => {
    if (isEnding) return;
    console.error(`${service} has ended by itself (${signal ?? code}); ending the others`);
    void end(1);
  });
}

/**
 * What one more replica of a service needs in its environment, beside the ports of its own: `replica.env` in the data folder.
 *
 * @param {string} dataDir
 * @param {Record<string, string | undefined>} env
 */
function writeReplicaEnv(dataDir, env) {
  const names = [...NEEDED, ...SERVICES.map((service) => `${service.toUpperCase()}_URL`), ...OF_REPLICAS];
  const lines = names.map((name) => `${name}=${env[name]}\n`);
  writeSecretFile(join(dataDir, 'replica.env'), lines.join(''));
}

/**
 * What the gateway is told of TLS. It would say itself what is wrong with the files, after all the rest has started.
 *
 * @param {import('../apps/standalone/src/config.js').StandaloneConfig} settings
 */
function tlsOf({ LATCHKEY_TLS_PORT: port, LATCHKEY_TLS_CERT_FILE: cert, LATCHKEY_TLS_KEY_FILE: key }) {
  if (port === undefined) return {};
  if (!cert || !key) throw new Error('LATCHKEY_TLS_PORT needs LATCHKEY_TLS_CERT_FILE and LATCHKEY_TLS_KEY_FILE.');
  readTlsFiles(['LATCHKEY_TLS_CERT_FILE', cert], ['LATCHKEY_TLS_KEY_FILE', key]);
  return { GATEWAY_TLS_PORT: String(port), GATEWAY_TLS_CERT_FILE: cert, GATEWAY_TLS_KEY_FILE: key };
}

/**
 * @param {string} service
 * @param {string} url of its readiness
 */
async function untilReady(service, url) {
  const deadline = Date.now() + START_MS;
  let last = 'it does not answer';
  while (Date.now() < deadline && !isEnding) {
    try {
      const answer = await fetch(url, { signal: AbortSignal.timeout(2_000) });
      if (answer.ok) return;
      last = `${answer.status} ${await answer.text()}`;
    } catch {
      // not listening yet
    }
    await new Promise((wake) => setTimeout(wake, 50));
  }
  if (!isEnding) throw new Error(`${service} did not become ready within ${START_MS / 1000} s: ${last}`);
}

async function start() {
  const env = environment();
  const warning = settingsWithoutEffect(env);
  if (warning) console.log(warning);
  // The services have databases of their own.
  const settings = standaloneConfig({ ...env, DATABASE_URL: undefined });
  const dataDir = resolve(env.LATCHKEY_DATA_DIR || join(ROOT, '.latchkey', 'distributed'));
  const { LATCHKEY_HOST: host, LATCHKEY_CONFIG: config } = settings;
  const tls = tlsOf(settings);
  if (config) readDeclaration(config);
  mkdirSync(dataDir, { recursive: true });
  await build(['gateway', ...SERVICES], { log: console.log });
  for (const service of SERVICES) {
    const applied = await deploy({ service, url: /** @type {string} */ (env[databaseName(service)]) });
    if (applied.length > 0) console.log(`migrations of ${service}: ${applied.length} applied`);
  }
  console.log('starting the services');

  const keys = installationKeys(dataDir);
  const ports = await Promise.all(SERVICES.map((_, index) => portNear(FIRST_PORT + index)));
  const urls = Object.fromEntries(SERVICES.map((service, index) => [service, `http://127.0.0.1:${ports[index]}`]));
  const opsPort = await portNear(4191);
  const fapiPort = settings.LATCHKEY_FAPI_PORT;
  const bapiPort = settings.LATCHKEY_BAPI_PORT;
  const contextKey = env.CONTEXT_SIGNING_KEY ?? keys.contextKey;
  const shared = {
    // Whoever tries it out receives webhooks on the same machine.
    WEBHOOKS_ALLOWED_TARGETS: '127.0.0.0/8,::1/128',
    // Nothing in front of it has to notice first.
    DRAIN_SECONDS: '0',
    ...env,
    CONTEXT_SIGNING_KEY: contextKey,
    MASTER_KEY: env.MASTER_KEY ?? keys.masterKey,
    ...Object.fromEntries(SERVICES.map((service) => [`${service.toUpperCase()}_URL`, urls[service]])),
  };
  writeReplicaEnv(dataDir, shared);
  SERVICES.forEach((service, index) => run(service, { ...shared, HOST: '127.0.0.1', PORT: String(ports[index]) }));
  run('gateway', {
    ...shared,
    GATEWAY_HOST: host,
    GATEWAY_FAPI_PORT: String(fapiPort),
    GATEWAY_BAPI_PORT: String(bapiPort),
    GATEWAY_OPS_PORT: String(opsPort),
    ...tls,
  });
  await Promise.all([
    ...SERVICES.map((service) => untilReady(service, `${urls[service]}/health/ready`)),
    untilReady('gateway', `http://${host}:${opsPort}/health/ready`),
  ]);
  if (isEnding) return;

  const publicUrls = { fapiUrl: `http://${host}:${fapiPort}`, bapiUrl: `http://${host}:${bapiPort}` };
  /** @type {import('@latchkey/installation').AskIdentity} */
  const ask = async ({ method, path, headers, body }) => {
    const answer = await fetch(urls.identity + path, { method, headers, body });
    return { status: answer.status, body: await answer.text() };
  };
  /** @param {string} file */
  const read = (file) => completed(readDeclaration(file), publicUrls, keys.secretKey);
  const announcement = await declareAtStart({
    dataDir,
    file: config,
    urls: publicUrls,
    secretKey: keys.secretKey,
    hasInbox: false,
    apply: (source) => declare(ask, contextKey, source),
  });
  const control = await listenForCommands(dataDir, {
    apply: async (file) => declare(ask, contextKey, read(file)),
    rotateKeys: (rotation) => rotateKeys(ask, contextKey, rotation),
  });
  control.unref();
  process.stdout.write(announcement);
}

for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => void end(0));
try {
  await start();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  await end(1);
}
