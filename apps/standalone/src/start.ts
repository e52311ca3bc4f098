import { mkdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Owner } from '@latchkey/clients';
import { ConfigError, loadConfig } from '@latchkey/config';
import {
  completed,
  defaultDeclaration,
  installationKeys,
  readDeclaration,
  type DeclarationSource,
} from '@latchkey/installation';
import { standalonePlatform, type Env } from '@latchkey/platform';
import { startEmbeddedPostgres, withDatabase, type EmbeddedPostgres } from '@latchkey/postgres';
import { StandaloneConfig } from './config.js';
import { migrate, owners, startLatchkey, type Latchkey, type LatchkeyOptions } from './latchkey.js';

/** A Latchkey on the data folder that the environment names. */
export interface Installation {
  dataDir: string;
  latchkey: Latchkey;
  postgres: EmbeddedPostgres | undefined;
  /** Fills in what a declaration leaves to the installation. */
  complete: (source: DeclarationSource) => DeclarationSource;
  /** What is declared now: by LATCHKEY_CONFIG, or else the default application. */
  source: () => DeclarationSource;
}

/** Starts everything; nothing is declared yet. */
export async function startInstallation(env: Env): Promise<Installation> {
  const config = loadConfig(StandaloneConfig, env);
  const file = config.LATCHKEY_CONFIG;
  // What cannot be read is told before anything is started.
  if (file) readDeclaration(file);
  const tls = tlsOf(config);
  const dataDir = resolve(config.LATCHKEY_DATA_DIR);
  mkdirSync(dataDir, { recursive: true });
  const postgres = config.DATABASE_URL
    ? undefined
    : await startEmbeddedPostgres({ dataDir: join(dataDir, 'postgres') });
  const serverUrl = config.DATABASE_URL ?? postgres!.url;
  const databaseUrls = Object.fromEntries(
    owners.map((owner) => [owner, withDatabase(serverUrl, `latchkey_${owner}`)]),
  ) as Record<Owner, string>;
  await migrate(databaseUrls);
  const keys = installationKeys(dataDir);
  const latchkey = await startLatchkey({
    platform: standalonePlatform(),
    databaseUrls,
    contextKey: keys.contextKey,
    masterKey: keys.masterKey,
    env,
    host: config.LATCHKEY_HOST,
    fapiPort: config.LATCHKEY_FAPI_PORT,
    bapiPort: config.LATCHKEY_BAPI_PORT,
    tls,
  });
  const complete = (source: DeclarationSource) => completed(source, latchkey, keys.secretKey);
  const source = () => (file ? complete(readDeclaration(file)) : defaultDeclaration(latchkey, keys.secretKey));
  return { dataDir, latchkey, postgres, complete, source };
}

function tlsOf({
  LATCHKEY_TLS_PORT: port,
  LATCHKEY_TLS_CERT_FILE: cert,
  LATCHKEY_TLS_KEY_FILE: key,
}: StandaloneConfig): LatchkeyOptions['tls'] {
  if (port === undefined) return undefined;
  if (!cert || !key) throw new ConfigError('LATCHKEY_TLS_PORT needs LATCHKEY_TLS_CERT_FILE and LATCHKEY_TLS_KEY_FILE.');
  return { port, cert: read('LATCHKEY_TLS_CERT_FILE', cert), key: read('LATCHKEY_TLS_KEY_FILE', key) };
}

function read(name: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new ConfigError(`${name} cannot be read: ${(error as Error).message}`);
  }
}
