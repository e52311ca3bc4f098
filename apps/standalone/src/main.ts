import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { loadConfig } from '@latchkey/config';
import { log } from '@latchkey/observability';
import { orExplain, standalonePlatform } from '@latchkey/platform';
import { startEmbeddedPostgres, withDatabase } from '@latchkey/postgres';
import type { Owner } from '@latchkey/clients';
import { appEnv, browserEnv } from './app-env.js';
import { StandaloneConfig } from './config.js';
import { installationKeys, writeSecretFile } from './installation.js';
import { migrate, owners, startLatchkey } from './latchkey.js';

const STOP_MS = 5_000;

await orExplain(async () => {
  const config = loadConfig(StandaloneConfig, process.env);
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
    env: { GATEWAY_INBOX: 'true', ...process.env },
    host: config.LATCHKEY_HOST,
    fapiPort: config.LATCHKEY_FAPI_PORT,
    bapiPort: config.LATCHKEY_BAPI_PORT,
  });
  const { fapiUrl, bapiUrl } = latchkey;

  let stopping = false;
  const stop = async (code: number) => {
    if (stopping) return;
    stopping = true;
    setTimeout(() => process.exit(1), STOP_MS).unref();
    await latchkey.stop();
    await postgres?.stop();
    process.exit(code);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop(0));
  void postgres?.ended.then((asked) => {
    if (asked) return;
    log.fatal('the embedded Postgres has ended unasked');
    void stop(1);
  });

  const host = new URL(fapiUrl).host;
  const [instance] = await latchkey.declare({
    applications: [
      {
        name: 'My application',
        instances: [
          {
            name: 'development',
            environment: 'development',
            // A path that ends as the SDKs expect of a development host, on a host that nobody else can own.
            frontend_api: `${host}/accounts.dev`,
            fapi_url: fapiUrl,
            hosts: [`localhost:${new URL(fapiUrl).port}`],
            secret_keys: [keys.secretKey],
          },
        ],
      },
    ],
  });
  const app = {
    publishableKey: instance!.publishable_key,
    secretKey: keys.secretKey,
    instanceId: instance!.instance_id,
    fapiUrl,
    bapiUrl,
  };
  writeSecretFile(join(dataDir, 'app.env'), appEnv(app));
  process.stdout.write(
    [
      'Latchkey runs. Put this into the environment of your app:',
      `# any server, Express among them (also in ${join(dataDir, 'app.env')})\n${appEnv(app)}`,
      `# Next.js, besides\n${browserEnv('NEXT_PUBLIC_', app)}`,
      `# React with Vite\n${browserEnv('VITE_', app)}`,
      `Sign up at ${fapiUrl}/sign-up; read the mail it sends at ${fapiUrl}/inbox.`,
      `ready: browsers call ${fapiUrl}, servers call ${bapiUrl}\n`,
    ].join('\n\n'),
  );
});
