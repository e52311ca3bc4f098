import { randomBytes } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { askToApply } from '@latchkey/installation';
import { running } from './latchkey.js';

/** How an instance differs from a development instance with every default. */
export interface Declared {
  environment?: 'development' | 'production';
  frontend_api?: string;
  fapi_url?: string;
  hosts?: string[];
  accounts_host?: string;
  settings?: object;
}

/**
 * An instance of a spec file's own on the Latchkey that runs, declared as an operator does: with `latchkey apply`. Without
 * hosts it is found, over plain HTTP, at a name below localhost, which browsers resolve by themselves.
 *
 * @returns what its app has in its environment, by the names of `app.env`; known inside hooks and tests
 */
export function useInstance(declared: Declared = {}): () => Record<string, string> {
  let app: Record<string, string>;
  beforeAll(async () => {
    app = await declareInstance(declared);
  });
  return () => app;
}

/** Declares an instance; see `useInstance`. */
export async function declareInstance(declared: Declared = {}): Promise<Record<string, string>> {
  const { app, dataDir } = running();
  // Whoever names hosts gets the instance that has them already, when it is declared again.
  const name = `e2e-${declared.frontend_api?.replaceAll(/[^a-z0-9]+/g, '-') ?? randomBytes(6).toString('hex')}`;
  const { port } = new URL(app.CLERK_PROXY_URL!);
  const { environment = 'development' } = declared;
  const local = {
    frontend_api: `${name}.localhost:${port}/accounts.dev`,
    fapi_url: `http://${name}.localhost:${port}`,
  };
  const secretKey = `sk_${environment === 'production' ? 'live' : 'test'}_${randomBytes(24).toString('hex')}`;
  const instance = {
    name,
    environment,
    ...(declared.frontend_api === undefined && local),
    ...declared,
    secret_keys: [secretKey],
  };
  const file = join(tmpdir(), `${name}.yaml`);
  // JSON is YAML.
  writeFileSync(file, JSON.stringify({ applications: [{ name, instances: [instance] }] }));
  const answer = await askToApply(dataDir, file);
  rmSync(file);
  if (!answer) throw new Error(`no Latchkey runs on ${dataDir}`);
  const [applied] = answer;
  const fapiUrl = instance.fapi_url ?? `https://${instance.frontend_api!}`;
  return {
    CLERK_PUBLISHABLE_KEY: applied!.publishable_key,
    CLERK_SECRET_KEY: secretKey,
    CLERK_API_URL: app.CLERK_API_URL!,
    CLERK_PROXY_URL: fapiUrl,
    CLERK_JS_URL: `${fapiUrl}/npm/@clerk/clerk-js@6/dist/clerk.browser.js`,
    CLERK_UI_URL: `${fapiUrl}/npm/@clerk/ui@1/dist/ui.browser.js`,
    CLERK_TELEMETRY_DISABLED: '1',
    LATCHKEY_WEBHOOKS_URL: app.CLERK_API_URL!,
    LATCHKEY_INSTANCE_ID: applied!.instance_id,
  };
}

/** What an app needs whose publishable key alone says where FAPI is. */
const OF_OWN_HOST = ['CLERK_PUBLISHABLE_KEY', 'CLERK_SECRET_KEY', 'CLERK_API_URL', 'CLERK_TELEMETRY_DISABLED'];

/**
 * A production instance over TLS whose hosts are of one site: FAPI at `clerk.live.test`, the account portal at
 * `accounts.live.test`. Test addresses have their code there, too.
 */
export function useProduction(): () => Record<string, string> {
  const app = useInstance({
    environment: 'production',
    frontend_api: 'clerk.live.test',
    accounts_host: 'accounts.live.test',
    settings: { test_mode: true },
  });
  return () => Object.fromEntries(OF_OWN_HOST.map((name) => [name, app()[name]!]));
}
