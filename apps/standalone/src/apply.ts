import { resolve } from 'node:path';
import { loadConfig } from '@latchkey/config';
import { askToApply, DeclarationError, declare, readDeclaration, type AppliedInstance } from '@latchkey/installation';
import type { Env } from '@latchkey/platform';
import { StandaloneConfig } from './config.js';
import { distributedIdentity } from './distributed-identity.js';
import { startInstallation } from './start.js';

/**
 * `latchkey apply`: brings an installation into the state that a file declares. Which installation: the distributed one whose
 * IDENTITY_URL and CONTEXT_SIGNING_KEY are set; else the one of LATCHKEY_DATA_DIR, running or not.
 *
 * @throws DeclarationError with the lines of what is wrong
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
  const { LATCHKEY_DATA_DIR: dataDir } = loadConfig(StandaloneConfig, env);
  const applied = await askToApply(resolve(dataDir), file);
  if (applied) return applied;
  const { latchkey, postgres, complete } = await startInstallation(env);
  try {
    return await latchkey.apply(complete(source));
  } finally {
    await latchkey.stop();
    await postgres?.stop();
  }
}
