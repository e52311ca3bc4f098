import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
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

/** The keys of the installation in `dataDir`; made when there are none yet. */
export function installationKeys(dataDir: string): InstallationKeys {
  const file = join(dataDir, 'keys.json');
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as InstallationKeys;
  const keys = { contextKey: randomText(48), masterKey: randomText(48), secretKey: `sk_test_${randomText(43)}` };
  mkdirSync(dataDir, { recursive: true });
  writeSecretFile(file, `${JSON.stringify(keys, null, 2)}\n`);
  return keys;
}

/** Writes a file that only its owner may read, whole or not at all. */
export function writeSecretFile(file: string, text: string): void {
  writeFileSync(`${file}.new`, text, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}
