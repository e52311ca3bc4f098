import { existsSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Owner } from '@latchkey/clients';
import { ConfigError } from '@latchkey/config';
import {
  completed,
  declareAtStart,
  installationKeys,
  readDeclaration,
  readTlsFiles,
  type DeclarationSource,
} from '@latchkey/installation';
import { standalonePlatform, type Env } from '@latchkey/platform';
import { startEmbeddedPostgres, withDatabase, type EmbeddedPostgres } from '@latchkey/postgres';
import { standaloneConfig, type StandaloneConfig } from './config.js';
import { migrate, owners, startLatchkey, type Latchkey, type LatchkeyOptions } from './latchkey.js';

/** A Latchkey on the data folder that the environment names. */
export interface Installation {
  dataDir: string;
  latchkey: Latchkey;
  postgres: EmbeddedPostgres | undefined;
  /** Fills in what a declaration leaves to the installation. */
  complete: (source: DeclarationSource) => DeclarationSource;
  /** Declares what a start declares, and gives the text to print. */
  declareAtStart: () => Promise<string>;
}

/**
 * Starts everything; nothing is declared yet.
 *
 * @param tell gets a line for each step that takes its time
 */
export async function startInstallation(env: Env, tell: (line: string) => void = () => {}): Promise<Installation> {
  const config = standaloneConfig(env);
  const file = config.LATCHKEY_CONFIG;
  // What cannot be read is told before anything is started.
  if (file) readDeclaration(file);
  const tls = tlsOf(config);
  const dataDir = resolve(config.LATCHKEY_DATA_DIR);
  mkdirSync(dataDir, { recursive: true });
  const postgresDir = join(dataDir, 'postgres');
  if (!config.DATABASE_URL && !existsSync(postgresDir)) tell(`Postgres: making its data in ${postgresDir}`);
  const postgres = config.DATABASE_URL ? undefined : await startEmbeddedPostgres({ dataDir: postgresDir });
  const serverUrl = config.DATABASE_URL ?? postgres!.url;
  const databaseUrls = Object.fromEntries(
    owners.map((owner) => [owner, withDatabase(serverUrl, `latchkey_${owner}`)]),
  ) as Record<Owner, string>;
  await migrate(databaseUrls, tell);
  const keys = installationKeys(dataDir);
  tell('starting the services');
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
  const { secretKey } = keys;
  const apply = (source: DeclarationSource) => latchkey.apply(source);
  return {
    dataDir,
    latchkey,
    postgres,
    complete: (source) => completed(source, latchkey, secretKey),
    declareAtStart: () => declareAtStart({ dataDir, file, urls: latchkey, secretKey, hasInbox: true, apply }),
  };
}

function tlsOf({
  LATCHKEY_TLS_PORT: port,
  LATCHKEY_TLS_CERT_FILE: cert,
  LATCHKEY_TLS_KEY_FILE: key,
}: StandaloneConfig): LatchkeyOptions['tls'] {
  if (port === undefined) return undefined;
  if (!cert || !key) throw new ConfigError('LATCHKEY_TLS_PORT needs LATCHKEY_TLS_CERT_FILE and LATCHKEY_TLS_KEY_FILE.');
  return { port, ...readTlsFiles(['LATCHKEY_TLS_CERT_FILE', cert], ['LATCHKEY_TLS_KEY_FILE', key]) };
}
