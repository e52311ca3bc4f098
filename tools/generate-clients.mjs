/**
 * Generates the Prisma client of every service whose schema changed since its last run; says nothing when none did.
 * Runs after `npm install` and before builds. Usage: `node tools/generate-clients.mjs [--force]`
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ROOT, schemaOf, servicesWithSchema } from './lib/project.mjs';

/** @typedef {{ service: string, schema: string, output: string, stamp: string, hash: string }} Client */

const require = createRequire(import.meta.url);

/** @returns {{ cli: string, version: string }} */
function prisma() {
  const manifest = require.resolve('prisma/package.json');
  const { version, bin } = JSON.parse(readFileSync(manifest, 'utf8'));
  return { cli: join(dirname(manifest), bin.prisma), version };
}

/**
 * @param {string} service
 * @param {string} version of Prisma: a newer one writes other code from the same schema
 * @returns {Client}
 */
function client(service, version) {
  const schema = schemaOf(service);
  const text = readFileSync(schema, 'utf8');
  const output = /^\s*output\s*=\s*"([^"]+)"/m.exec(text)?.[1];
  if (!output) throw new Error(`prisma/${service}/schema.prisma: the generator has no "output"`);
  const folder = resolve(dirname(schema), output);
  const hash = createHash('sha256').update(`${version}\n${text}`).digest('hex');
  // Beside the folder, not in it: Prisma empties its output before it writes.
  return { service, schema, output: folder, stamp: `${folder}.hash`, hash };
}

/** @param {Client} client */
const isFresh = ({ output, stamp, hash }) =>
  existsSync(output) && existsSync(stamp) && readFileSync(stamp, 'utf8') === hash;

/**
 * @param {Client} client
 * @param {string} cli
 * @returns {Promise<void>}
 */
function generate({ service, schema, stamp, hash }, cli) {
  rmSync(stamp, { force: true });
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, [cli, 'generate', '--schema', schema, '--no-hints'], {
      cwd: ROOT,
      // Prisma would download its native schema engine first, although generating needs none. Any existing file satisfies it.
      env: { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: process.execPath, PRISMA_HIDE_UPDATE_MESSAGE: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.on('error', fail);
    child.on('close', (code) => {
      if (code !== 0) return fail(new Error(`prisma generate failed for ${service}:\n${output.trim()}`));
      mkdirSync(dirname(stamp), { recursive: true });
      writeFileSync(stamp, hash);
      done();
    });
  });
}

/**
 * @param {{ force?: boolean }} [options]
 * @returns {Promise<string[]>} the services whose client was written
 */
export async function generateClients({ force = false } = {}) {
  const services = servicesWithSchema();
  if (services.length === 0) return [];
  const { cli, version } = prisma();
  const stale = services.map((service) => client(service, version)).filter((one) => force || !isFresh(one));
  const queue = [...stale];
  const worker = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) await generate(next, cli);
  };
  await Promise.all([worker(), worker()]);
  return stale.map(({ service }) => service);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  try {
    const written = await generateClients({ force: process.argv.includes('--force') });
    if (written.length > 0) console.log(`generated the Prisma client of ${written.join(', ')}`);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
