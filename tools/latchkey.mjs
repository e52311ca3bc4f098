#!/usr/bin/env node
/**
 * Latchkey's command: `latchkey start` runs it in one process, `latchkey apply [file]` declares applications and instances,
 * `latchkey rotate-keys instance` gives an instance a new signing key, `latchkey certify host...` makes a local authority and its certificate. Builds first where the sources are newer.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { build } from './build.mjs';
import { ROOT } from './lib/project.mjs';

const [command = '', ...args] = process.argv.slice(2);
const asksForHelp = [command, ...args].some((arg) => arg === '--help' || arg === '-h');
if (asksForHelp || !['start', 'apply', 'rotate-keys', 'certify'].includes(command)) {
  console[asksForHelp ? 'log' : 'error'](
    'Usage: latchkey start | latchkey apply [file] | latchkey rotate-keys instance [--overlap-days days] | latchkey certify host...',
  );
  process.exit(asksForHelp ? 0 : 1);
}
await build(['standalone']);
const main = join(ROOT, 'dist', 'apps', 'standalone', 'main.js');
const { status } = spawnSync(process.execPath, ['--enable-source-maps', main, command, ...args], { stdio: 'inherit' });
process.exitCode = status ?? 1;
