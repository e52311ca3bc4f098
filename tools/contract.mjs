/**
 * Holds what the tests have exchanged against the published documents.
 *
 *   npm run contract               runs the integration tests with the tap on, prints the table, writes docs/generated/contract.{json,md}
 *   npm run contract -- --report   prints and writes what the last run has left in .cache/tap
 *   npm run contract -- --check    as --report, but writes nothing and fails when something that was valid no longer is
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { exceptedOf } from './contract/excepted.mjs';
import { specsFolder, Specs } from './contract/specs.mjs';
import { ROOT } from './lib/project.mjs';
import { contractMarkdown } from './results/contract-markdown.mjs';
import './lib/typescript.mjs';

const TAP = join(ROOT, '.cache', 'tap');
const RESULT = join(ROOT, 'docs', 'generated', 'contract.json');
const MAX_PROBLEMS = 20;

/** @typedef {import('./results/contract-markdown.mjs').Result} Result */

const folder = specsFolder();
if (!folder) {
  console.log(
    'The published documents are not here (../shared/specs, or the folder that LATCHKEY_SPECS names): nothing was checked.',
  );
  process.exit(process.env.CI ? 1 : 0);
}

if (!process.argv.includes('--report') && !process.argv.includes('--check')) {
  rmSync(TAP, { recursive: true, force: true });
  const jest = [join(ROOT, 'node_modules', 'jest', 'bin', 'jest.js'), '--selectProjects=integration', '--silent'];
  const { status } = spawnSync(process.execPath, jest, {
    cwd: ROOT,
    stdio: 'inherit',
    env: { ...process.env, LATCHKEY_TAP: TAP },
  });
  if (status !== 0) console.log('Some tests failed; the table shows what was exchanged all the same.');
}

const result = await measure(new Specs(folder));
print(result);
const before = /** @type {Result | undefined} */ (
  existsSync(RESULT) ? JSON.parse(readFileSync(RESULT, 'utf8')) : undefined
);
const lost = before ? losses(before, result) : [];
if (lost.length) console.log(`\nValid before, no longer:\n${lost.map((line) => `  ${line}`).join('\n')}`);
if (process.argv.includes('--check')) process.exit(lost.length ? 1 : 0);
mkdirSync(dirname(RESULT), { recursive: true });
writeFileSync(RESULT, `${JSON.stringify(result, null, 2)}\n`);
writeFileSync(RESULT.replace(/json$/, 'md'), contractMarkdown(result));

/**
 * @param {Specs} specs
 * @returns {Promise<Result>}
 */
async function measure(specs) {
  const contracts = await import('@latchkey/contracts');
  const { default: findMyWay } = await import('find-my-way');
  const routed = declaredOperations();
  /** @type {any} */
  const measured = { webhooks: {} };
  const exchanges = readTap('exchanges');
  for (const api of /** @type {const} */ (['fapi', 'bapi'])) {
    const router = findMyWay({ maxParamLength: 512 });
    /** @type {Map<string, { successes: number, problems: Set<string> }>} */
    const seen = new Map();
    for (const [id, { method, path }] of Object.entries(contracts.operations[api])) {
      seen.set(id, { successes: 0, problems: new Set() });
      router.on(/** @type {any} */ (method), path, () => undefined, id);
    }
    for (const { api: of, method, path, version, status, body } of exchanges) {
      const id = of === api ? router.find(method, path.replace(/(.)\/$/, '$1'))?.store : undefined;
      const entry = seen.get(id);
      if (!entry) continue;
      if (status < 400) entry.successes++;
      const problems = specs.get(api, version).problemsOf(id, status, body, exceptedOf(api, id));
      for (const problem of problems) entry.problems.add(problem);
    }
    const spec = specs.get(api);
    measured[api] = Object.fromEntries(
      [...seen].map(([id, { successes, problems }]) => {
        const { owner } = /** @type {any} */ (contracts.operations[api])[id];
        const isRouted = routed[api].has(id);
        const list = [...problems].sort().slice(0, MAX_PROBLEMS);
        if (!isRouted) list.push('is not built yet');
        else if (!successes) list.push('no test has seen it succeed');
        else if (!spec.operations.has(id))
          list.push('stands in no published document: only its use by the SDKs is tested');
        return [
          id,
          {
            owner,
            routed: isRouted,
            exercised: successes > 0,
            valid: successes > 0 && problems.size === 0,
            problems: list,
          },
        ];
      }),
    );
  }
  measured.webhooks = measureEvents(specs.get('webhooks'), Object.keys(contracts.publicEventTypes));
  return measured;
}

/**
 * @param {import('./contract/specs.mjs').Spec} spec
 * @param {string[]} types
 */
function measureEvents(spec, types) {
  const hooks = spec.document['x-webhooks'] ?? {};
  const events = readTap('events');
  return Object.fromEntries(
    types.map((type) => {
      const problems = new Set();
      const mine = events.filter((event) => event.type === type);
      const pointer = `/x-webhooks/${type}/post/requestBody/content/application~1json/schema`;
      const schema = hooks[type]?.post?.requestBody?.content?.['application/json']?.schema;
      for (const { data } of schema ? mine : []) {
        const body = {
          data,
          object: 'event',
          type,
          timestamp: 0,
          instance_id: 'ins_x',
          event_attributes: { http_request: { client_ip: '', user_agent: '' } },
        };
        for (const problem of spec.problemsAt(pointer, body, exceptedOf('webhooks', type))) problems.add(problem);
      }
      const list = [...problems].sort().slice(0, MAX_PROBLEMS);
      if (!mine.length) list.push('no test has seen it');
      return [type, { emitted: mine.length > 0, valid: mine.length > 0 && problems.size === 0, problems: list }];
    }),
  );
}

/** The operations that handlers declare, by API. */
function declaredOperations() {
  const routed = { fapi: new Set(), bapi: new Set() };
  const files = readdirSync(join(ROOT, 'apps'), { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.controller.ts'),
  );
  for (const file of files) {
    // A file may hold a controller of each API, one after the other.
    let api = /** @type {'fapi' | 'bapi' | undefined} */ (undefined);
    for (const [, controller, id] of readFileSync(join(ROOT, 'apps', file), 'utf8').matchAll(
      /@(Fapi|Bapi|Internal)Controller\(|@Operation\('(\w+)'\)/g,
    )) {
      if (controller) api = controller === 'Fapi' ? 'fapi' : controller === 'Bapi' ? 'bapi' : undefined;
      else if (api && id) routed[api].add(id);
    }
  }
  const own = readFileSync(join(ROOT, 'apps', 'gateway', 'src', 'fapi', 'own-operations.ts'), 'utf8');
  for (const [, id] of own.matchAll(/case '(\w+)'|^\s+(\w+): /gm)) if (id) routed.fapi.add(id);
  const ownOfBapi = readFileSync(join(ROOT, 'apps', 'gateway', 'src', 'bapi', 'bapi.service.ts'), 'utf8');
  for (const [, id] of ownOfBapi.matchAll(/match\.id === '(\w+)'/g)) if (id) routed.bapi.add(id);
  return routed;
}

/**
 * @param {string} kind
 * @returns {any[]}
 */
function readTap(kind) {
  if (!existsSync(TAP)) return [];
  const lines = readdirSync(TAP)
    .filter((name) => name.startsWith(kind))
    .flatMap((name) => readFileSync(join(TAP, name), 'utf8').split('\n'));
  return [...new Set(lines)].filter(Boolean).map((line) => JSON.parse(line));
}

/**
 * @param {Result} before
 * @param {Result} now
 */
function losses(before, now) {
  return /** @type {const} */ (['fapi', 'bapi', 'webhooks']).flatMap((api) =>
    Object.entries(before[api])
      .filter(([id, { valid }]) => valid && !now[api][id]?.valid)
      .map(([id]) => `${api} ${id}: ${now[api][id]?.problems.join('; ') ?? 'is gone'}`),
  );
}

/** @param {Result} result */
function print({ fapi, bapi, webhooks }) {
  const row = (/** @type {(string | number)[]} */ cells) =>
    console.log(cells.map((cell, i) => (i < 2 ? String(cell).padEnd(14) : String(cell).padStart(10))).join(' '));
  row(['api', 'owner', 'operations', 'routed', 'exercised', 'valid']);
  for (const [api, operations] of Object.entries({ fapi, bapi })) {
    const entries = Object.values(operations);
    for (const owner of [...new Set(entries.map((entry) => entry.owner))].sort()) {
      const mine = entries.filter((entry) => entry.owner === owner);
      const count = (/** @type {'routed' | 'exercised' | 'valid'} */ key) => mine.filter((entry) => entry[key]).length;
      row([api, owner, mine.length, count('routed'), count('exercised'), count('valid')]);
    }
  }
  const events = Object.values(webhooks);
  row([
    'webhooks',
    '',
    events.length,
    '',
    events.filter((entry) => entry.emitted).length,
    events.filter((entry) => entry.valid).length,
  ]);
  for (const [api, operations] of Object.entries({ fapi, bapi })) {
    const built = Object.entries(operations).filter(([, entry]) => entry.routed && !entry.valid);
    if (built.length) console.log(`\n${api}: built, and not valid yet`);
    for (const [id, { problems }] of built)
      console.log(`  ${id}\n${problems.map((problem) => `    ${problem}`).join('\n')}`);
  }
  const invalid = Object.entries(webhooks).filter(([, entry]) => entry.emitted && !entry.valid);
  if (invalid.length) console.log('\nwebhooks: emitted, and not valid yet');
  for (const [type, { problems }] of invalid)
    console.log(`  ${type}\n${problems.map((problem) => `    ${problem}`).join('\n')}`);
}
