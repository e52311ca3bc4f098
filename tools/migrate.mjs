/**
 * Database migrations of the services.
 *
 *   npm run migrate -- deploy  [service...]          apply what is pending to <SERVICE>_DATABASE_URL; safe to run twice
 *   npm run migrate -- status  [service...]          what a deploy would find; exit 1 when there is anything
 *   npm run migrate -- check   [service...]          exit 2 when schema and migrations differ (needs no database)
 *   npm run migrate -- create  <service> <name>      write the migration from the migrations so far to the schema (needs no database)
 *   npm run migrate -- resolve <service> applied|rolled-back <migration>      repair the ledger after a failed migration
 *
 * Without a service: all that have a schema. `check` and `create` replay the migrations on a throw-away server of their own, or
 * on the one that SCRATCH_DATABASE_URL names.
 */
import { pathToFileURL } from 'node:url';
import { servicesWithSchema } from './lib/project.mjs';
import './lib/typescript.mjs';

const postgres = await import('@latchkey/postgres');
const { MigrationError } = postgres;

export const { check, create, deploy, resolve, status } = postgres;

/** @param {string} service */
function urlOf(service) {
  const name = `${service.toUpperCase()}_DATABASE_URL`;
  const url = process.env[name];
  if (!url)
    throw new MigrationError(
      `${name} is not set, for example ${name}=postgresql://user:password@127.0.0.1:5432/${service}`,
    );
  return url;
}

/**
 * @template T
 * @param {(url: string) => Promise<T>} use
 * @returns {Promise<T>}
 */
async function onScratchServer(use) {
  const given = process.env.SCRATCH_DATABASE_URL;
  if (given) return use(given);
  const server = await postgres.startScratchPostgres();
  try {
    return await use(server.url);
  } finally {
    await server.stop();
  }
}

/** @param {string[]} named */
function chosen(named) {
  const services = named.length > 0 ? named : servicesWithSchema();
  if (services.length === 0) throw new MigrationError('There is no prisma/<service>/schema.prisma yet');
  return services;
}

/** @type {Record<string, (...args: string[]) => Promise<number | void>>} each answers with the exit code */
const commands = {
  async deploy(...services) {
    for (const service of chosen(services)) {
      const applied = await deploy({ service, url: urlOf(service), log: console.log });
      if (applied.length === 0) console.log(`${service}: up to date`);
    }
  },
  async status(...services) {
    let isBehind = false;
    for (const service of chosen(services)) {
      const state = Object.entries(await status({ service, url: urlOf(service) })).filter(
        ([, names]) => names.length > 0,
      );
      for (const [what, names] of state) console.log(`${service}: ${what}: ${names.join(', ')}`);
      if (state.length === 0) console.log(`${service}: up to date`);
      isBehind ||= state.length > 0;
    }
    return isBehind ? 1 : 0;
  },
  async check(...services) {
    return onScratchServer(async (url) => {
      let differs = false;
      for (const service of chosen(services)) {
        const sql = await check({ service, url });
        console.log(
          sql === null ? `${service}: schema and migrations agree` : `${service}: the schema is ahead by\n${sql}`,
        );
        differs ||= sql !== null;
      }
      return differs ? 2 : 0;
    });
  },
  async create(service, ...words) {
    if (!service || words.length === 0) throw new MigrationError('Usage: npm run migrate -- create <service> <name>');
    const file = await onScratchServer((url) => create({ service, url, name: words.join(' ') }));
    console.log(file ?? `${service}: schema and migrations agree`);
  },
  async resolve(service, outcome, name) {
    if (!service || !name || (outcome !== 'applied' && outcome !== 'rolled-back')) {
      throw new MigrationError('Usage: npm run migrate -- resolve <service> applied|rolled-back <migration>');
    }
    await resolve({ service, url: urlOf(service), name, outcome });
    console.log(`${service}: ${name} counts as ${outcome}`);
  },
};

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [command = '', ...args] = process.argv.slice(2);
  try {
    const run = commands[command];
    if (!run) throw new MigrationError(`Usage: npm run migrate -- ${Object.keys(commands).join('|')} ...`);
    process.exitCode = (await run(...args)) ?? 0;
  } catch (error) {
    console.error(error instanceof MigrationError ? error.message : error);
    process.exitCode = 1;
  }
}
