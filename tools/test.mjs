/**
 * Runs every test that this machine allows, and names at its end what had to be left out; in CI nothing may be. Ends with
 * `N passed, N failed`. Usage: `npm test [-- unit|integration|e2e|faults...] [-- paths]`
 *
 * A spec that needs more than Node says so in the comment at its head: `@needs kafka redis chromium`. One about what only one of the
 * two ways to run has says `@only distributed`.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, globSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, relative } from 'node:path';
import { build } from './build.mjs';
import { ROOT } from './lib/project.mjs';

const USUAL = ['unit', 'integration', 'e2e'];
/** Those that kill what they run against take their time, and run when they are named. */
const PROJECTS = [...USUAL, 'faults'];
const RESULTS = join(ROOT, '.cache', 'test-results.json');
/** What the integration tests exchange, for the check of the contract. */
const TAP = join(ROOT, '.cache', 'tap');
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
  python: { has: () => runs('python3', '--version'), get: 'install Python 3 with pip and venv' },
  go: { has: () => runs('go', 'version'), get: 'install Go' },
  specs: {
    has: () => existsSync(process.env.LATCHKEY_SPECS ?? join(ROOT, '..', 'shared', 'specs')),
    get: "put the API's published specs into ../shared/specs, or name their folder in LATCHKEY_SPECS",
  },
  compat: {
    has: () => existsSync(process.env.LATCHKEY_COMPAT ?? join(ROOT, '..', 'shared', 'compat')),
    get: 'put the facts of the wire into ../shared/compat, or name their folder in LATCHKEY_COMPAT',
  },
};

/** @param {string} file @param {string} tag @returns {string[]} the words that follow the tag in the comment at the file's head */
function headTag(file, tag) {
  const head = /^\s*\/\*\*(?:(?!\*\/)[^])*\*\//.exec(readFileSync(join(ROOT, file), 'utf8'))?.[0] ?? '';
  return new RegExp(`@${tag} +([a-z ]+)`).exec(head)?.[1]?.trim().split(/ +/) ?? [];
}

const specs = () =>
  globSync('{apps,libs,test}/**/*.spec.{ts,tsx}', { cwd: ROOT, exclude: (name) => name === 'node_modules' });

/** @param {string} file */
const projectOf = (file) =>
  ({ int: 'integration', e2e: 'e2e', faults: 'faults' })[/\.(int|e2e|faults)\.spec\./.exec(file)?.[1] ?? ''] ?? 'unit';

/**
 * The specs that need something that is not here, and what that is.
 *
 * @param {string[]} projects
 */
function leftOut(projects) {
  /** @type {Map<string, boolean>} */
  const known = new Map();
  /** @param {string} need */
  const has = (need) => {
    if (!NEEDS[need]) throw new Error(`There is no @needs ${need}; there are ${Object.keys(NEEDS).join(', ')}`);
    if (!known.has(need)) known.set(need, NEEDS[need].has());
    return known.get(need);
  };
  return specs()
    .filter((file) => projects.includes(projectOf(file)))
    .map((file) => ({ file, missing: headTag(file, 'needs').filter((need) => !has(need)) }))
    .filter(({ missing }) => missing.length > 0);
}

/**
 * What runs one after the other. The end-to-end specs want the machine for themselves, and run in both ways to run. `isRepeatable`: a
 * spec that fails is run once more on servers of its own, and both is said: it kills servers on a machine whose pauses may be longer than
 * their own patience.
 *
 * @type {{ name: string, projects: string[], args: string[], env?: Record<string, string>, needs: string[], isRepeatable?: boolean }[]}
 */
const STAGES = [
  { name: 'unit and integration', projects: ['unit', 'integration'], args: [], env: { LATCHKEY_TAP: TAP }, needs: [] },
  {
    name: 'e2e, standalone',
    projects: ['e2e'],
    args: ['--runInBand'],
    env: { LATCHKEY_E2E_MODE: 'standalone' },
    needs: [],
  },
  {
    name: 'e2e, distributed',
    projects: ['e2e'],
    args: ['--runInBand'],
    env: { LATCHKEY_E2E_MODE: 'distributed' },
    needs: ['kafka', 'redis'],
  },
  { name: 'faults', projects: ['faults'], args: ['--runInBand'], needs: ['kafka', 'redis'], isRepeatable: true },
];

/**
 * @param {(typeof STAGES)[number]} stage
 * @param {string[]} paths
 * @param {string[]} skipped
 * @returns {Promise<{ passed: number, failed: number, pending: number, failedSpecs: string[], passedElsewhere: number, retried: string[] }>}
 */
async function runOnce(stage, paths, skipped) {
  const bin = createRequire(import.meta.url).resolve('jest/bin/jest');
  const report = ['--json', `--outputFile=${RESULTS}`, '--passWithNoTests', ...stage.args];
  const filter = `--filter=${join(ROOT, 'tools', 'lib', 'jest-filter.cjs')}`;
  const select = ['--selectProjects', ...stage.projects];
  const args = [bin, ...select, ...report, filter, ...(paths.length > 0 ? ['--', ...paths] : [])];
  const mode = stage.env?.LATCHKEY_E2E_MODE;
  const elsewhere = specs().filter((file) => mode && headTag(file, 'only').some((only) => only !== mode));
  if (elsewhere.length > 0) console.log(`only in the other way to run: ${elsewhere.join(', ')}`);
  const without = [...skipped, ...elsewhere];
  const env = { ...process.env, ...stage.env, LATCHKEY_LEFT_OUT: without.map((file) => join(ROOT, file)).join('\n') };
  rmSync(RESULTS, { force: true });
  const code = await new Promise((done, fail) => {
    // Jest reports its progress on stderr; stdout would repeat the results that the file holds.
    const child = spawn(process.execPath, args, { cwd: ROOT, env, stdio: ['ignore', 'ignore', 'inherit'] });
    child.on('error', fail);
    child.on('close', done);
  });
  if (!existsSync(RESULTS)) {
    console.error(`Jest ended with code ${code} and without results.`);
    return { passed: 0, failed: 1, pending: 0, failedSpecs: [], passedElsewhere: 0, retried: [] };
  }
  /**
   * @typedef {{ name: string, status: string, assertionResults: { status: string, fullName: string, invocations?: number }[] }} Spec
   * @type {Record<'numFailedTests' | 'numRuntimeErrorTestSuites' | 'numPassedTests' | 'numPendingTests' | 'numTodoTests', number> &
   *   { testResults: Spec[] }}
   */
  const results = JSON.parse(readFileSync(RESULTS, 'utf8'));
  const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
  return {
    passed: results.numPassedTests,
    failed: failed === 0 && code !== 0 ? 1 : failed,
    pending: results.numPendingTests + results.numTodoTests,
    failedSpecs: results.testResults.filter((spec) => spec.status === 'failed').map(({ name }) => relative(ROOT, name)),
    retried: results.testResults.flatMap(({ name, assertionResults }) =>
      assertionResults
        .filter(({ status, invocations = 1 }) => status === 'passed' && invocations > 1)
        .map(({ fullName, invocations }) => `${relative(ROOT, name)}: ${fullName} (run ${invocations} times)`),
    ),
    passedElsewhere: results.testResults
      .filter((spec) => spec.status !== 'failed')
      .flatMap((spec) => spec.assertionResults.filter(({ status }) => status === 'passed')).length,
  };
}

/**
 * @param {(typeof STAGES)[number]} stage
 * @param {string[]} paths
 * @param {string[]} skipped
 */
async function runStage(stage, paths, skipped) {
  const first = await runOnce(stage, paths, skipped);
  if (!stage.isRepeatable || first.failedSpecs.length === 0) return first;
  console.log(`\nrunning once more what failed: ${first.failedSpecs.join(', ')}`);
  const second = await runOnce(stage, first.failedSpecs, skipped);
  console.log(
    second.failed === 0
      ? `passed when run once more: ${first.failedSpecs.join(', ')}`
      : `failed twice: ${second.failedSpecs.join(', ')}`,
  );
  return {
    ...second,
    retried: [...first.retried, ...second.retried],
    passed: first.passedElsewhere + second.passed,
    pending: Math.max(first.pending, second.pending),
  };
}

/** Holds what the tests have exchanged against the published documents. @returns {number} how many checks failed: 0 or 1 */
function contract() {
  if (!NEEDS.specs?.has()) return 0;
  console.log('\nholding what was exchanged against the published documents');
  const { status, stdout } = spawnSync(process.execPath, [join(ROOT, 'tools', 'contract.mjs'), '--check'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  const lost = stdout.indexOf('Valid before');
  console.log(status === 0 ? 'what was valid still is' : stdout.slice(Math.max(0, lost)));
  return status === 0 ? 0 : 1;
}

/** @returns {Promise<{ passed: number, failed: number }>} */
async function run() {
  const args = process.argv.slice(2).filter((arg) => arg !== '--');
  const named = args.filter((arg) => PROJECTS.includes(arg));
  const paths = args.filter((arg) => !PROJECTS.includes(arg));
  const wanted = named.length > 0 ? named : USUAL;

  const built = await build();
  if (built.length > 0) console.log(`built ${built.join(', ')}`);
  mkdirSync(join(ROOT, '.cache'), { recursive: true });
  const skipped = leftOut(wanted);
  const files = skipped.map(({ file }) => file);
  const total = { passed: 0, failed: 0, pending: 0 };
  /** @type {string[]} */
  const retried = [];
  for (const stage of STAGES) {
    const projects = stage.projects.filter((name) => wanted.includes(name));
    if (projects.length === 0) continue;
    const missing = stage.needs.filter((need) => !NEEDS[need]?.has());
    if (missing.length > 0) {
      skipped.push({ file: stage.name, missing });
      continue;
    }
    console.log(`\nrunning ${stage.name}`);
    if (stage.env?.LATCHKEY_TAP) rmSync(TAP, { recursive: true, force: true });
    const result = await runStage({ ...stage, projects }, paths, files);
    total.passed += result.passed;
    total.failed += result.failed;
    total.pending += result.pending;
    retried.push(...result.retried);
    // Only all of the tests together have exchanged everything that was valid before.
    if (stage.env?.LATCHKEY_TAP && projects.includes('integration') && paths.length === 0) total.failed += contract();
  }
  if (retried.length > 0)
    console.log(`\nPassed only when run again (${retried.length}); mend them:\n  ${retried.join('\n  ')}`);
  if (total.pending > 0) console.log(`${total.pending} tests are marked as skipped or to do`);
  if (skipped.length > 0) {
    console.log(`\nLeft out, because this machine lacks what they need:`);
    for (const { file, missing } of skipped) console.log(`  ${file} (${missing.join(', ')})`);
    for (const need of new Set(skipped.flatMap(({ missing }) => missing)))
      console.log(`To run them for ${need}: ${NEEDS[need]?.get}.`);
  }
  const unwanted = isCi ? skipped.length + total.pending : 0;
  if (unwanted > 0) console.log('In CI nothing may be left out: each counts as failed.');
  return { passed: total.passed, failed: total.failed + unwanted };
}

const outcome = await run().catch((error) => {
  console.error(error instanceof Error ? error.message : error);
  return { passed: 0, failed: 1 };
});
console.log(`\n${outcome.passed} passed, ${outcome.failed} failed`);
process.exitCode = outcome.failed === 0 && outcome.passed > 0 ? 0 : 1;
