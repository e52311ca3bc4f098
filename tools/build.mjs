/**
 * Builds the applications named, or all of them, into `dist/apps/<app>/main.js`; skips those whose sources are as they were.
 * Usage: `npm run build -- [app...] [--force]`
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { generateClients } from './generate-clients.mjs';
import { ROOT } from './lib/project.mjs';

/** Files that decide how every application is built. */
const CONFIGURATION = [
  'package-lock.json',
  'package.json',
  'nest-cli.json',
  'rspack.config.mjs',
  'tsconfig.json',
  '.swcrc',
];
/** In `apps/` and `libs/`, what no application contains. */
const LEFT_OUT = /(^|\/)(testing|README\.md|.*\.spec\.ts)$/;

/** The applications that nest-cli.json names and that exist. */
function applications() {
  const { projects } = JSON.parse(readFileSync(join(ROOT, 'nest-cli.json'), 'utf8'));
  return Object.keys(projects).filter((app) => existsSync(join(ROOT, 'apps', app, 'src', 'main.ts')));
}

/**
 * @param {string} folder
 * @returns {string[]} every file below it, sorted
 */
function filesBelow(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => !LEFT_OUT.test(entry.name))
    .flatMap((entry) => (entry.isDirectory() ? filesBelow(join(folder, entry.name)) : [join(folder, entry.name)]))
    .sort();
}

/**
 * One hash over everything that goes into an application. Standalone holds all the others.
 * @param {string} app
 */
function fingerprint(app) {
  const sources = app === 'standalone' ? ['apps', 'libs'] : [join('apps', app), 'libs'];
  return hashOf(sources.flatMap((name) => filesBelow(join(ROOT, name))));
}

/**
 * One hash over files, and what decides how they are built.
 * @param {string[]} files
 */
function hashOf(files) {
  const hash = createHash('sha256');
  for (const file of [...CONFIGURATION.map((name) => join(ROOT, name)), ...files]) {
    const content = readFileSync(file);
    hash.update(`${relative(ROOT, file)}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex');
}

/** @param {string} app */
const output = (app) => join(ROOT, 'dist', 'apps', app);
/** @param {string} app */
const stamp = (app) => join(output(app), 'sources.sha256');

/**
 * @param {string} app
 * @param {string} hash
 */
const isFresh = (app, hash) =>
  existsSync(join(output(app), 'main.js')) && existsSync(stamp(app)) && readFileSync(stamp(app), 'utf8') === hash;

/**
 * @param {string} app
 * @returns {Promise<void>}
 */
function compile(app) {
  rmSync(output(app), { recursive: true, force: true });
  const nest = createRequire(import.meta.url).resolve('@nestjs/cli/bin/nest.js');
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, [nest, 'build', app], { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
    let text = '';
    child.stdout.on('data', (chunk) => (text += chunk));
    child.stderr.on('data', (chunk) => (text += chunk));
    child.on('error', fail);
    child.on('close', (code) => {
      if (code === 0 && existsSync(join(output(app), 'main.js'))) done();
      else fail(new Error(`${app} does not build:\n${text.trim()}`));
    });
  });
}

/** Pages that an application serves as files: where they come from, where they are built to, and whose they are. */
const PORTAL = {
  sources: join(ROOT, 'apps', 'webhooks', 'portal'),
  output: join(ROOT, 'dist', 'webhooks-portal'),
  servedBy: ['webhooks', 'standalone'],
};

/** Builds the webhooks portal, unless its sources are as they were. */
async function buildPortal(force = false) {
  const hash = hashOf(filesBelow(PORTAL.sources));
  const portalStamp = join(PORTAL.output, 'sources.sha256');
  if (!force && existsSync(portalStamp) && readFileSync(portalStamp, 'utf8') === hash) return;
  const vite = await import('vite');
  await vite.build({ configFile: join(PORTAL.sources, 'vite.config.mjs') });
  writeFileSync(portalStamp, hash);
}

/**
 * @param {string[]} [named] all applications when empty
 * @param {{ force?: boolean, log?: (line: string) => void }} [options] `log` gets a line before what takes its time
 * @returns {Promise<string[]>} the applications that were built
 */
export async function build(named = [], { force = false, log = () => {} } = {}) {
  const known = applications();
  const unknown = named.filter((app) => !known.includes(app));
  if (unknown.length > 0)
    throw new Error(`There is no application ${unknown.join(', ')}; there are ${known.join(', ')}`);
  await generateClients();

  const stale = (named.length > 0 ? named : known)
    .map((app) => ({ app, hash: fingerprint(app) }))
    .filter(({ app, hash }) => force || !isFresh(app, hash));
  if (stale.length > 0) log(`building ${stale.map(({ app }) => app).join(', ')}`);
  const queue = [...stale];
  const worker = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      await compile(next.app);
      mkdirSync(output(next.app), { recursive: true });
      writeFileSync(stamp(next.app), next.hash);
    }
  };
  const hasPortal = (named.length > 0 ? named : known).some((app) => PORTAL.servedBy.includes(app));
  await Promise.all([worker(), worker(), hasPortal ? buildPortal(force) : undefined]);
  return stale.map(({ app }) => app);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const args = process.argv.slice(2);
  try {
    const began = Date.now();
    const named = args.filter((arg) => !arg.startsWith('-'));
    const built = await build(named, { force: args.includes('--force'), log: console.log });
    if (built.length > 0) console.log(`built ${built.join(', ')} in ${((Date.now() - began) / 1000).toFixed(1)} s`);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
