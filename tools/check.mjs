/**
 * Everything that can be said about the code without running it: types, lint, format, who imports whom, dead code, and whether the
 * generated files are fresh. Usage: `npm run check [-- types|lint|format|deps|dead|generated...]`
 */
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { generateClients } from './generate-clients.mjs';
import { ROOT } from './lib/project.mjs';

const AT_ONCE = 2;
const require = createRequire(import.meta.url);

/**
 * `looked` finds in its output at how many things it has looked: a check that looked at nothing has not passed.
 * @typedef {{ name: string, command: string[], looked?: RegExp }} Check
 */

/** @param {string} packageName @param {string} [bin] */
function bin(packageName, bin = packageName) {
  const manifest = join(ROOT, 'node_modules', packageName, 'package.json');
  const declared = require(manifest).bin;
  return join(ROOT, 'node_modules', packageName, typeof declared === 'string' ? declared : declared[bin]);
}

/** @type {Check[]} the long ones first */
const CHECKS = [
  {
    name: 'lint',
    command: [bin('eslint'), '.', '--max-warnings=0', '--cache', '--cache-location=.cache/eslint/'],
  },
  {
    name: 'types',
    command: [bin('typescript', 'tsc'), '--noEmit', '--listFiles', '-p', 'tsconfig.json'],
    looked: /\/apps\//g,
  },
  {
    name: 'types',
    command: [bin('typescript', 'tsc'), '--noEmit', '--listFiles', '-p', 'tools'],
    looked: /\/tools\//g,
  },
  { name: 'format', command: [bin('prettier'), '--check', '--cache', '--cache-location=.cache/prettier', '.'] },
  {
    name: 'deps',
    command: [bin('dependency-cruiser', 'depcruise'), '--config', '.dependency-cruiser.cjs', 'apps', 'libs'],
    looked: /\b[1-9]\d* modules/g,
  },
  { name: 'generated', command: [join(ROOT, 'tools', 'generate-docs.mjs'), '--check'] },
  { name: 'dead', command: [bin('knip'), '--no-progress', '--no-config-hints'] },
];

/**
 * @param {Check} check
 * @returns {Promise<boolean>} whether it passed
 */
function run({ name, command, looked }) {
  const began = Date.now();
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, command, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
    let text = '';
    child.stdout.on('data', (chunk) => (text += chunk));
    child.stderr.on('data', (chunk) => (text += chunk));
    child.on('error', fail);
    child.on('close', (code) => {
      const seconds = ((Date.now() - began) / 1000).toFixed(1);
      const sawNothing = code === 0 && looked !== undefined && !looked.test(text);
      const passed = code === 0 && !sawNothing;
      console.log(
        `${passed ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)${sawNothing ? ': it looked at nothing' : ''}`,
      );
      // tsc's list of files is only there to be counted.
      const shown = looked ? text.split('\n').filter((line) => !line.startsWith('/')) : [text];
      if (!passed) console.log(shown.join('\n').trim());
      done(passed);
    });
  });
}

const named = process.argv.slice(2);
const unknown = named.filter((name) => !CHECKS.some((check) => check.name === name));
if (unknown.length > 0) {
  console.error(
    `There is no check ${unknown.join(', ')}; there are ${[...new Set(CHECKS.map((check) => check.name))].join(', ')}`,
  );
  process.exit(1);
}
await generateClients();
const queue = CHECKS.filter(({ name }) => named.length === 0 || named.includes(name));
let failed = 0;
const worker = async () => {
  for (let next = queue.shift(); next; next = queue.shift()) if (!(await run(next))) failed += 1;
};
await Promise.all(Array.from({ length: AT_ONCE }, worker));
console.log(failed === 0 ? 'All checks passed.' : `${failed} of the checks failed.`);
process.exitCode = failed === 0 ? 0 : 1;
