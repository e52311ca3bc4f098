import { randomBytes } from 'node:crypto';
import { TestClock } from '@latchkey/core';
import { refuseSecondConnections } from '@latchkey/db';
import { ContextSigner } from '@latchkey/http';
import { standalonePlatform, type StandalonePlatform } from '@latchkey/platform';
import { Client } from 'pg';
import { startLatchkey, type Latchkey } from '../../../apps/standalone/src/latchkey.js';
import { BapiClient } from './bapi-client.js';
import { TestBrowser } from './browser.js';
import { copyTemplates } from './databases.js';
import { Given } from './given.js';
import { RecordedEvents } from './recorded-events.js';
import { tapGateway } from './tap.js';
import { until } from './until.js';

const SETTLE_MS = 20_000;

/** An instance of a test, with what calls it. */
export interface TestInstance {
  id: string;
  publishableKey: string;
  secretKey: string;
  bapi: BapiClient;
  /** A browser that nobody has used yet. */
  browser(origin?: string, address?: string): TestBrowser;
  given: Given;
  /** Declares it once more, with these settings: as a start with another configuration does. */
  redeclare(settings: object): Promise<void>;
}

/** How the instance of a spec file is declared. */
export interface InstanceOptions {
  environment?: 'development' | 'production';
  /** The host of its account portal. */
  accountsHost?: string;
  /** `InstanceSettings`, as far as they differ from the defaults. */
  settings?: object;
  /** Environment variables of the services. */
  env?: Record<string, string>;
}

/**
 * A Latchkey for one spec file: all services in this process, on databases of its own, with a clock of its own and one fresh
 * development instance. Use what it returns inside hooks and tests only.
 *
 * ```ts
 * const { bapi, browser, given, events, clock, inbox, anotherInstance } = useLatchkey({ settings: { ... } });
 * ```
 *
 * - `bapi.get('/v1/users')`: BAPI with the instance's secret key, answers `{ status, headers, body }`
 * - `browser()`: FAPI as clerk-js calls it, each a client of its own; `browser().post('/v1/client/sign_ups', { ... })`
 * - `given.user()`, `given.signedInBrowser()`: state made through the real API
 * - `events.of(type, subject?)`: what was published; `events.next(type)` waits for one
 * - `clock.advance(ms)`: moves time
 * - `inbox.list({ to })`: what was mailed and texted; `codeFor(to)` waits for a code
 * - `sweep()`: does at once what is done every so often
 * - `anotherInstance()`: a second tenant
 */
export function useLatchkey(options: InstanceOptions = {}) {
  let running: {
    latchkey: Latchkey;
    platform: StandalonePlatform;
    databases: Awaited<ReturnType<typeof copyTemplates>>;
    instance: TestInstance;
    contextKey: string;
  };
  const clock = new TestClock();
  const events = new RecordedEvents();

  beforeAll(async () => {
    refuseSecondConnections();
    const databases = await copyTemplates(process.env.TEST_DATABASE_URL!);
    const platform = standalonePlatform(clock);
    if (platform.events.kind === 'in-process') platform.events.bus.subscribe(events);
    const key = () => randomBytes(24).toString('hex');
    const contextKey = key();
    const latchkey = await startLatchkey({
      platform,
      databaseUrls: databases.urls,
      contextKey,
      masterKey: key(),
      env: { GATEWAY_RATE_LIMITS: 'off', ...options.env },
      host: '127.0.0.1',
      fapiPort: 0,
      bapiPort: 0,
      onGateway: tapGateway,
    });
    events.settled = () => outboxesEmpty(Object.values(databases.urls));
    running = { latchkey, platform, databases, instance: await declare(latchkey, options), contextKey };
  }, 60_000);

  afterAll(async () => {
    await running.latchkey.stop();
    await running.databases.drop();
  }, 60_000);

  return {
    clock,
    events,
    bapi: new BapiClient(() => ({ url: running.latchkey.bapiUrl, secretKey: running.instance.secretKey })),
    browser: (origin?: string, address?: string) => running.instance.browser(origin, address),
    given: new Given(() => running.instance),
    /** Where the services are found, and the instance. */
    get at() {
      const { latchkey, instance, databases } = running;
      return { fapiUrl: latchkey.fapiUrl, bapiUrl: latchkey.bapiUrl, instance, databaseUrls: databases.urls };
    },
    /** What a typed client of a service needs, to be asked as another service asks: its transport and its signer. */
    get between() {
      return { transport: running.platform.transport, signer: new ContextSigner(running.contextKey) };
    },
    get inbox() {
      return running.platform.inbox;
    },
    /** The code in the last mail or SMS to somebody; waits for one. */
    codeFor: (to: string): Promise<string> =>
      until(`a code for ${to}`, () => running.platform.inbox.list({ to })[0]?.code, SETTLE_MS),
    /** Does at once what is done every so often: expiry, late writes. */
    sweep: () => running.latchkey.sweep(),
    /** A second tenant. */
    anotherInstance: (more: InstanceOptions = {}) => declare(running.latchkey, more),
  };
}

let declared = 0;

async function declare(
  latchkey: Latchkey,
  { environment = 'development', accountsHost, settings = {} }: InstanceOptions,
): Promise<TestInstance> {
  const name = `test-${++declared}`;
  const host = declared === 1 ? new URL(latchkey.fapiUrl).host : `${name}.latchkey.test`;
  const secretKey = `sk_${environment === 'production' ? 'live' : 'test'}_${randomBytes(24).toString('hex')}`;
  const declaration = {
    name,
    environment,
    frontend_api: environment === 'production' ? host : `${host}/accounts.dev`,
    fapi_url: latchkey.fapiUrl,
    accounts_host: accountsHost,
    secret_keys: [secretKey],
  };
  const apply = (wanted: object) =>
    latchkey.declare({ applications: [{ name, instances: [{ ...declaration, settings: wanted }] }] });
  const [applied] = await apply(settings);
  const target = { url: latchkey.fapiUrl, host };
  const instance: TestInstance = {
    id: applied!.instance_id,
    publishableKey: applied!.publishable_key,
    secretKey,
    bapi: new BapiClient(() => ({ url: latchkey.bapiUrl, secretKey })),
    browser: (origin, address) => new TestBrowser(target, origin, address),
    given: new Given(() => instance),
    redeclare: async (wanted) => void (await apply(wanted)),
  };
  return instance;
}

async function outboxesEmpty(urls: string[]): Promise<void> {
  for (const url of urls) {
    const client = new Client({ connectionString: url });
    await client.connect();
    const isEmpty = async () => (await client.query('SELECT FROM outbox LIMIT 1')).rowCount === 0;
    await until('the outbox is empty', isEmpty, SETTLE_MS).finally(() => client.end());
  }
}
