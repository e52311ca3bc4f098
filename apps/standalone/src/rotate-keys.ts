import { parseArgs } from 'node:util';
import {
  askToRotateKeys,
  DeclarationError,
  rotateKeys,
  type KeyRotation,
  type RotatedKey,
} from '@latchkey/installation';
import type { Env } from '@latchkey/platform';
import { standaloneConfig } from './config.js';
import { existingDataFolder } from './data-folder.js';
import { distributedIdentity } from './distributed-identity.js';
import { startInstallation } from './start.js';

const USAGE = 'Usage: latchkey rotate-keys <instance> [--overlap-days <days>]';

/**
 * `latchkey rotate-keys <instance>`: a new signing key, with which everybody stays signed in. `--overlap-days 0` is for a key that has
 * leaked: what it has signed is void at once. Which installation: as for `latchkey apply`.
 *
 * @throws DeclarationError when there is no such instance
 * @throws ConfigError when there is no such installation
 */
export async function rotate(env: Env, args: readonly string[]): Promise<void> {
  const { instance_id, kid, retired_at } = await rotateIn(env, readRotation(args));
  process.stdout.write(
    `${instance_id}: the key ${kid} signs within three minutes; what older ones have signed is valid until ${new Date(retired_at).toISOString()}\n`,
  );
}

function readRotation(args: readonly string[]): KeyRotation {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { 'overlap-days': { type: 'string' } },
  });
  const [instance, ...more] = positionals;
  const days = values['overlap-days'];
  if (!instance || more.length > 0) throw new DeclarationError(USAGE);
  if (days === undefined) return { instance };
  if (!/^\d+(\.\d+)?$/.test(days)) throw new DeclarationError(`--overlap-days must be a number. ${USAGE}`);
  return { instance, overlap_days: Number(days) };
}

async function rotateIn(env: Env, rotation: KeyRotation): Promise<RotatedKey> {
  const distributed = distributedIdentity(env);
  if (distributed) return rotateKeys(distributed.ask, distributed.contextKey, rotation);
  const rotated = await askToRotateKeys(existingDataFolder(standaloneConfig(env)), rotation);
  if (rotated) return rotated;
  const { latchkey, postgres } = await startInstallation(env);
  try {
    return await latchkey.rotateKeys(rotation);
  } finally {
    await latchkey.stop();
    await postgres?.stop();
  }
}
