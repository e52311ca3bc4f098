#!/usr/bin/env node
/**
 * Latchkey's command; HELP says what it does. Builds first where the sources are newer.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { build } from './build.mjs';
import { ROOT } from './lib/project.mjs';

const HELP = `Usage:
  latchkey start                                         runs everything in one process
  latchkey apply [file]                                  declares applications and instances: those of the file, or of LATCHKEY_CONFIG
  latchkey rotate-keys instance [--overlap-days days]    gives an instance, by its name or id, a new signing key
  latchkey certify host...                               makes an authority for this machine and a certificate of it

The installation is that of LATCHKEY_DATA_DIR (.latchkey), or, for apply and rotate-keys, the distributed one that IDENTITY_URL and
CONTEXT_SIGNING_KEY name.`;

const [command = '', ...args] = process.argv.slice(2);
const asksForHelp = [command, ...args].some((arg) => arg === '--help' || arg === '-h');
if (asksForHelp || !['start', 'apply', 'rotate-keys', 'certify'].includes(command)) {
  console[asksForHelp ? 'log' : 'error'](HELP);
  process.exit(asksForHelp ? 0 : 1);
}
// Not among what a command prints.
await build(['standalone'], { log: console.error });
const main = join(ROOT, 'dist', 'apps', 'standalone', 'main.js');
const { status } = spawnSync(process.execPath, ['--enable-source-maps', main, command, ...args], { stdio: 'inherit' });
process.exitCode = status ?? 1;
