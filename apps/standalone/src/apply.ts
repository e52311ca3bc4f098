import { resolve } from 'node:path';
import { askToApply, DeclarationError, declare, readDeclaration, type AppliedInstance } from '@latchkey/installation';
import type { Env } from '@latchkey/platform';
import { standaloneConfig } from './config.js';
import { existingDataFolder } from './data-folder.js';
import { distributedIdentity } from './distributed-identity.js';
import { startInstallation } from './start.js';

/**
 * `latchkey apply`: brings an installation into the state that a file declares. Which installation: the distributed one whose
 * IDENTITY_URL and CONTEXT_SIGNING_KEY are set; else the one of LATCHKEY_DATA_DIR, running or not.
 *
 * @throws DeclarationError with the lines of what is wrong
 * @throws ConfigError when there is no such installation
 */
export async function apply(env: Env, named: string | undefined): Promise<void> {
  const file = named ?? env.LATCHKEY_CONFIG;
  if (!file) throw new DeclarationError('Usage: latchkey apply <file>, or set LATCHKEY_CONFIG');
  const applied = await applyTo(env, resolve(file));
  for (const { name, publishable_key, is_changed } of applied) {
    process.stdout.write(`${name}: ${is_changed ? 'changed' : 'as it was'} (${publishable_key})\n`);
  }
}

async function applyTo(env: Env, file: string): Promise<AppliedInstance[]> {
  const source = readDeclaration(file);
  const distributed = distributedIdentity(env);
  if (distributed) return declare(distributed.ask, distributed.contextKey, source);
  const applied = await askToApply(existingDataFolder(standaloneConfig(env)), file);
  if (applied) return applied;
  const { latchkey, postgres, complete } = await startInstallation(env);
  try {
    return await latchkey.apply(complete(source));
  } finally {
    await latchkey.stop();
    await postgres?.stop();
  }
}
