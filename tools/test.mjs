/**
 * Runs every test that this machine allows, and names at its end what had to be left out; in CI nothing may be. Ends with
 * `N passed, N failed`. Usage: `npm test [-- unit|integration|e2e...] [-- paths]`
 *
 * A spec that needs more than Node says so in the comment at its head: `@needs kafka redis chromium`.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, globSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { build } from './build.mjs';
import { ROOT } from './lib/project.mjs';

const PROJECTS = ['unit', 'integration', 'e2e'];
const RESULTS = join(ROOT, '.cache', 'test-results.json');
const CHROMIUM = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const isCi = ['true', '1'].includes(process.env.CI ?? '');

/** @param {string} command @param {string} flag */
const runs = (command, flag) => spawnSync(command, [flag], { stdio: 'ignore' }).status === 0;

/** What a spec may need, whether it is here, and how to get it. @type {Record<string, { has: () => boolean, get: string }>} */
const NEEDS = {
  kafka: {
    has: () =>
      Boolean(process.env.KAFKA_BROKERS) ||
      (runs('java', '-version') && (existsSync(join(ROOT, '.cache', 'kafka')) || runs('mvn', '-v'))),
    get: 'install Java 17 and Maven, or name brokers in KAFKA_BROKERS',
  },
  redis: {
    has: () => Boolean(process.env.REDIS_URL) || runs('redis-server', '--version'),
    get: 'install redis-server, or name one in REDIS_URL',
  },
  chromium: {
    has: () => Boolean(process.env.CHROMIUM_PATH) || CHROMIUM.some((name) => runs(name, '--version')),
    get: 'install Chromium, or name it in CHROMIUM_PATH',
  },
  specs: {
    has: () => existsSync(process.env.LATCHKEY_SPECS ?? join(ROOT, '..', 'shared', 'specs')),
    get: "put the API's published specs into ../shared/specs, or name their folder in LATCHKEY_SPECS",
  },
};

/** The specs that need something that is not here, and what that is. */
function leftOut() {
  /** @type {Map<string, boolean>} */
  const known = new Map();
  /** @param {string} need */
  const has = (need) => {
    if (!NEEDS[need]) throw new Error(`There is no @needs ${need}; there are ${Object.keys(NEEDS).join(', ')}`);
    if (!known.has(need)) known.set(need, NEEDS[need].has());
    return known.get(need);
  };
  return globSync('{apps,libs,test}/**/*.spec.{ts,tsx}', { cwd: ROOT, exclude: (name) => name === 'node_modules' })
    .map((file) => {
      const needs = /^\s*\/\*\*(?:(?!\*\/)[^])*?@needs +([a-z ]+)/.exec(readFileSync(join(ROOT, file), 'utf8'))?.[1];
      return { file, missing: (needs?.trim().split(/ +/) ?? []).filter((need) => !has(need)) };
    })
    .filter(({ missing }) => missing.length > 0);
}

/**
 * @param {string[]} projects
 * @param {string[]} paths
 * @param {string[]} skipped
 * @returns {Promise<number | null>} Jest's exit code
 */
function jest(projects, paths, skipped) {
  const bin = createRequire(import.meta.url).resolve('jest/bin/jest');
  const select = ['--selectProjects', ...projects];
  const report = ['--json', `--outputFile=${RESULTS}`, '--passWithNoTests'];
  const filter = `--filter=${join(ROOT, 'tools', 'lib', 'jest-filter.cjs')}`;
  const args = [bin, ...select, ...report, filter, ...(paths.length > 0 ? ['--', ...paths] : [])];
  const env = { ...process.env, LATCHKEY_LEFT_OUT: skipped.map((file) => join(ROOT, file)).join('\n') };
  return new Promise((done, fail) => {
    // Jest reports its progress on stderr; stdout would repeat the results that the file holds.
    const child = spawn(process.execPath, args, { cwd: ROOT, env, stdio: ['ignore', 'ignore', 'inherit'] });
    child.on('error', fail);
    child.on('close', done);
  });
}

/** @returns {Promise<{ passed: number, failed: number }>} */
async function run() {
  const args = process.argv.slice(2).filter((arg) => arg !== '--');
  const named = args.filter((arg) => PROJECTS.includes(arg));
  const paths = args.filter((arg) => !PROJECTS.includes(arg));
  const { default: config } = await import('../jest.config.mjs');
  const there = config.projects.map(({ displayName }) => displayName);
  const projects = (named.length > 0 ? named : PROJECTS).filter((name) => there.includes(name));

  const built = await build();
  if (built.length > 0) console.log(`built ${built.join(', ')}`);
  const skipped = leftOut();
  rmSync(RESULTS, { force: true });
  mkdirSync(join(ROOT, '.cache'), { recursive: true });
  console.log(`running ${projects.join(', ')}`);
  const code = await jest(
    projects,
    paths,
    skipped.map(({ file }) => file),
  );
  if (!existsSync(RESULTS)) {
    console.error(`Jest ended with code ${code} and without results.`);
    return { passed: 0, failed: 1 };
  }
  const results = JSON.parse(readFileSync(RESULTS, 'utf8'));
  const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
  const pending = results.numPendingTests + results.numTodoTests;
  if (pending > 0) console.log(`${pending} tests are marked as skipped or to do`);
  if (skipped.length > 0) {
    console.log(`\nLeft out, because this machine lacks what they need:`);
    for (const { file, missing } of skipped) console.log(`  ${file} (${missing.join(', ')})`);
    for (const need of new Set(skipped.flatMap(({ missing }) => missing)))
      console.log(`To run them for ${need}: ${NEEDS[need]?.get}.`);
  }
  const unwanted = isCi ? skipped.length + pending : 0;
  if (unwanted > 0) console.log('In CI nothing may be left out: each counts as failed.');
  return {
    passed: results.numPassedTests,
    failed: failed + unwanted + (code !== 0 && failed + unwanted === 0 ? 1 : 0),
  };
}

const outcome = await run().catch((error) => {
  console.error(error instanceof Error ? error.message : error);
  return { passed: 0, failed: 1 };
});
console.log(`\n${outcome.passed} passed, ${outcome.failed} failed`);
process.exitCode = outcome.failed === 0 && outcome.passed > 0 ? 0 : 1;
