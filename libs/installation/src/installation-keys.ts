import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from '@latchkey/config';
import { randomText } from '@latchkey/core';

/** The secrets of an installation, made at its first start and kept beside its data. */
export interface InstallationKeys {
  /** Signs the context of requests between the services. */
  contextKey: string;
  /** Encrypts what the database holds of secrets. Without it they cannot be read again. */
  masterKey: string;
  /** The secret key of the development instance that the first start creates. */
  secretKey: string;
}

/**
 * The keys of the installation in `dataDir`; made when there are none yet.
 *
 * @throws ConfigError when they cannot be read
 */
export function installationKeys(dataDir: string): InstallationKeys {
  const file = join(dataDir, 'keys.json');
  if (existsSync(file)) return readKeys(file);
  const keys = { contextKey: randomText(48), masterKey: randomText(48), secretKey: `sk_test_${randomText(43)}` };
  mkdirSync(dataDir, { recursive: true });
  writeSecretFile(file, `${JSON.stringify(keys, null, 2)}\n`);
  return keys;
}

function readKeys(file: string): InstallationKeys {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as InstallationKeys;
  } catch (error) {
    throw new ConfigError(`${file} cannot be read: ${(error as Error).message}. Bring it back from a backup.`);
  }
}

/** Writes a file that only its owner may read, whole or not at all. */
export function writeSecretFile(file: string, text: string): void {
  writeFileSync(`${file}.new`, text, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}
