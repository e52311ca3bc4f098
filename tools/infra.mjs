/**
 * What a distributed installation stands on, on this machine and in the foreground: Postgres with the services' databases,
 * Redis and Kafka, without containers. Data stay in `.latchkey/infra`. Prints the environment that the services need, writes it to
 * `.latchkey/infra.env`, and says `ready`; ends everything on Ctrl+C. Usage: `npm run infra [-- --scratch]`; with `--scratch` the data are
 * new ones that go with it, and no file names the environment: another one may run beside it. The end-to-end tests run on such a one.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ROOT, SERVICES } from './lib/project.mjs';
import './lib/typescript.mjs';

const { deploy, freePort } = await import('@latchkey/postgres');
// Not the whole harness, which holds the applications too.
const { startKafka } = await import('../libs/testing/src/backing/kafka.js');
const { startPostgres } = await import('../libs/testing/src/backing/postgres.js');
const { startRedis } = await import('../libs/testing/src/backing/redis.js');

const { scratch: isScratch } = parseArgs({ options: { scratch: { type: 'boolean', default: false } } }).values;
const FOLDER = isScratch ? mkdtempSync(join(tmpdir(), 'latchkey-infra-')) : join(ROOT, '.latchkey', 'infra');
const ENVIRONMENT = join(ROOT, '.latchkey', 'infra.env');
const PORTS = join(FOLDER, 'ports.json');

/** @type {import('@latchkey/testing').Backing[]} in the order of starting */
const running = [];
let isEnding = false;
let hasWritten = false;

/** @param {number} code */
async function end(code) {
  if (isEnding) return;
  isEnding = true;
  if (hasWritten) rmSync(ENVIRONMENT, { force: true });
  for (const backing of running.reverse()) await backing.stop();
  if (isScratch) rmSync(FOLDER, { recursive: true, force: true });
  process.exit(code);
}

/** The ports of the last time, as far as they are free, so that what was exported stays right. */
async function lastPorts() {
  /** @type {Record<string, number>} */
  let ports = {};
  try {
    ports = JSON.parse(readFileSync(PORTS, 'utf8'));
  } catch {
    return ports; // the first time
  }
  const free = await Promise.all(Object.entries(ports).map(async ([name, port]) => [name, await freePort(port)]));
  return Object.fromEntries(free.filter(([, port]) => port));
}

/**
 * @template {import('@latchkey/testing').Backing} B
 * @param {string} name
 * @param {Promise<B>} starting
 */
async function up(name, starting) {
  const backing = await starting;
  running.push(backing);
  console.log(`${name} ${backing.isOurs ? 'is up' : 'is the one from the environment'}`);
  void backing.ended.then((wasAsked) => {
    if (wasAsked) return;
    console.error(`${name} has ended by itself; its log is in ${join(FOLDER, name.toLowerCase())}`);
    return end(1);
  });
  return backing;
}

async function start() {
  mkdirSync(FOLDER, { recursive: true });
  console.log('starting Postgres, Redis and Kafka');
  // First and alone: its lock keeps a second `npm run infra` away from the data of all three.
  const postgres = await up('Postgres', startPostgres({ dataDir: join(FOLDER, 'postgres'), fast: isScratch }));
  const ports = await lastPorts();
  const [redis, kafka] = await Promise.all([
    up('Redis', startRedis({ dataDir: join(FOLDER, 'redis'), port: ports.redis })),
    up('Kafka', startKafka({ dataDir: join(FOLDER, 'kafka'), port: ports.kafka })),
  ]);
  writeFileSync(PORTS, JSON.stringify({ redis: redis.port, kafka: kafka.port }));

  for (const service of SERVICES) {
    const url = postgres.databaseUrl(service);
    const { length } = await deploy({ service, url });
    if (length > 0) console.log(`migrations of ${service}: ${length} applied`);
  }
  const databases = SERVICES.map((service) => [`${service.toUpperCase()}_DATABASE_URL`, postgres.databaseUrl(service)]);
  return [['KAFKA_BROKERS', kafka.url], ['REDIS_URL', redis.url], ...databases];
}

/** Whether something that speaks Docker's API answers on DOCKER_HOST or the usual sockets. */
async function dockerAnswers() {
  const { DOCKER_HOST, HOME = '', XDG_RUNTIME_DIR = '' } = process.env;
  const usual = ['/var/run/docker.sock', join(XDG_RUNTIME_DIR, 'docker.sock'), join(HOME, '.docker/run/docker.sock')];
  const hosts = DOCKER_HOST ? [DOCKER_HOST] : usual.map((path) => `unix://${path}`);
  /** @param {string} host */
  const pings = (host) =>
    new Promise((resolve) => {
      const { protocol, pathname, hostname, port } = new URL(host);
      const where = protocol === 'unix:' ? { socketPath: pathname } : { host: hostname, port: port || 2375 };
      const request = get({ ...where, path: '/_ping', timeout: 500 }, (answer) => {
        answer.resume();
        resolve(answer.statusCode === 200);
      });
      request.on('timeout', () => request.destroy());
      request.on('error', () => resolve(false));
    });
  return (await Promise.all(hosts.map(pings))).some(Boolean);
}

for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => void end(0));
try {
  if (await dockerAnswers()) {
    console.log(
      'A Docker engine answers: `docker compose -f deploy/compose.yaml up` runs the same three in containers.',
    );
  }
  const environment = (await start()).map(([name, value]) => `${name}=${value}`);
  if (!isScratch) {
    writeFileSync(ENVIRONMENT, `${environment.join('\n')}\n`, { mode: 0o600 });
    hasWritten = true;
  }
  console.log(
    `\nIn another terminal:\n\n${environment.map((line) => `${line} \\\n`).join('')}npm run start:distributed\n`,
  );
  if (!isScratch)
    console.log('`npm run start:distributed` alone does the same: it finds these lines in .latchkey/infra.env.\n');
  console.log('ready: Postgres, Redis and Kafka take clients; Ctrl+C ends all three');
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  await end(1);
}
