import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ConfigError } from '@latchkey/config';
import type { StandaloneConfig } from './config.js';

/**
 * The data folder of an installation that has been started before: a command must not make another one where somebody has mistyped it,
 * or stands in another folder.
 *
 * @throws ConfigError when there is none
 */
export function existingDataFolder({ LATCHKEY_DATA_DIR }: Pick<StandaloneConfig, 'LATCHKEY_DATA_DIR'>): string {
  const folder = resolve(LATCHKEY_DATA_DIR);
  if (existsSync(join(folder, 'keys.json'))) return folder;
  throw new ConfigError(
    `There is no Latchkey in ${folder}. Name its folder in LATCHKEY_DATA_DIR, or start it there once (npm start).`,
  );
}
