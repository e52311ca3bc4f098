import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { appEnv, declare, defaultDeclaration, installationKeys } from '@latchkey/installation';
import { deploy, freePort } from '@latchkey/postgres';
import pg from 'pg';
import { startKafka } from '../../libs/testing/src/backing/kafka.js';
import { startPostgres, type PostgresBacking } from '../../libs/testing/src/backing/postgres.js';
import { startRedis } from '../../libs/testing/src/backing/redis.js';
import type { Backing } from '../../libs/testing/src/backing/backing.js';
import { Service, type Program } from './service.js';

/** The services that own a database. */
export const OWNERS = ['identity', 'organizations', 'billing', 'webhooks'] as const;
export type Owner = (typeof OWNERS)[number];

/** A distributed Latchkey, every part of which is a process that a test may end. */
export class Installation {
  readonly services = new Map<Program, Service>();
  readonly app: Record<string, string> = {};
  private readonly pools = new Map<Owner, pg.Pool>();
  private readonly replicas: Service[] = [];
  private shared: Record<string, string> = {};

  private constructor(
    readonly folder: string,
    public postgres: PostgresBacking,
    public redis: Backing,
    public kafka: Backing,
  ) {}

  static async start(): Promise<Installation> {
    // What is killed here must be ours, whatever the other tests run against.
    for (const name of ['TEST_DATABASE_URL', 'KAFKA_BROKERS', 'REDIS_URL']) delete process.env[name];
    const folder = mkdtempSync(join(tmpdir(), 'latchkey-faults-'));
    const [postgres, redis, kafka] = await Promise.all([
      startPostgres({ dataDir: join(folder, 'postgres') }),
      startRedis(),
      startKafka({ dataDir: join(folder, 'kafka') }),
    ]);
    const installation = new Installation(folder, postgres, redis, kafka);
    try {
      await installation.startServices();
    } catch (error) {
      await installation.stop();
      throw error;
    }
    return installation;
  }

  service(name: Program): Service {
    return this.services.get(name)!;
  }

  /** @throws Hopeless when a service has ended that nobody has ended */
  check(): void {
    for (const service of [...this.services.values(), ...this.replicas]) service.check();
  }

  /** Another process of a service. It answers nobody, for the others know only the first one's address; events it gets as that one does. */
  async addReplica(name: Owner): Promise<Service> {
    const port = String((await freePort())!);
    const log = join(this.folder, `${name}.${port}.log`);
    const env = { ...this.shared, HOST: '127.0.0.1', PORT: port };
    const replica = new Service(name, env, `http://127.0.0.1:${port}/health/ready`, log);
    this.replicas.push(replica);
    await replica.restart();
    return replica;
  }

  /** Rows of a service's database. */
  async query<T extends pg.QueryResultRow>(owner: Owner, sql: string, values: unknown[] = []): Promise<T[]> {
    let pool = this.pools.get(owner);
    if (!pool) {
      pool = new pg.Pool({ connectionString: this.databaseUrl(owner), max: 2 });
      // Postgres is killed, too.
      pool.on('error', () => undefined);
      this.pools.set(owner, pool);
    }
    return (await pool.query<T>(sql, values)).rows;
  }

  /** Does something while nobody can read or write a table. */
  async whileLocked(owner: Owner, table: string, work: () => Promise<void>): Promise<void> {
    const client = new pg.Client({ connectionString: this.databaseUrl(owner) });
    await client.connect();
    try {
      await client.query(`BEGIN; LOCK TABLE ${table} IN ACCESS EXCLUSIVE MODE`);
      await work();
    } finally {
      await client.end();
    }
  }

  async restartKafka(): Promise<void> {
    this.kafka = await startKafka({ dataDir: join(this.folder, 'kafka'), port: this.kafka.port });
  }

  /** An empty one. */
  async restartRedis(): Promise<void> {
    this.redis = await startRedis({ port: this.redis.port });
  }

  async restartPostgres(): Promise<void> {
    this.postgres = await startPostgres({ dataDir: join(this.folder, 'postgres'), port: this.postgres.port });
  }

  async stop(): Promise<void> {
    await Promise.all([...this.services.values(), ...this.replicas].map((service) => service.stop()));
    await Promise.all([...this.pools.values()].map((pool) => pool.end()));
    await Promise.all([this.kafka, this.redis, this.postgres].map((backing) => backing.stop()));
    rmSync(this.folder, { recursive: true, force: true });
  }

  private readonly databaseUrl = (owner: Owner) => this.postgres.databaseUrl(`latchkey_${owner}`);

  private async startServices(): Promise<void> {
    for (const owner of OWNERS) await deploy({ service: owner, url: this.databaseUrl(owner) });
    const keys = installationKeys(this.folder);
    const ports = new Map<string, number>();
    for (const name of [...OWNERS, 'fapi', 'bapi', 'ops']) ports.set(name, (await freePort())!);
    const url = (name: string) => `http://127.0.0.1:${ports.get(name)}`;
    const upper = (owner: Owner, suffix: string) => `${owner.toUpperCase()}_${suffix}`;
    const shared: Record<string, string> = {
      KAFKA_BROKERS: this.kafka.url,
      REDIS_URL: this.redis.url,
      CONTEXT_SIGNING_KEY: keys.contextKey,
      MASTER_KEY: keys.masterKey,
      WEBHOOKS_ALLOWED_TARGETS: '127.0.0.0/8',
      DRAIN_SECONDS: '0',
      LOG_LEVEL: 'warn',
      ...Object.fromEntries(OWNERS.map((owner) => [upper(owner, 'DATABASE_URL'), this.databaseUrl(owner)])),
      ...Object.fromEntries(OWNERS.map((owner) => [upper(owner, 'URL'), url(owner)])),
    };
    this.shared = shared;
    const add = (name: Program, env: Record<string, string>, ready: string) =>
      this.services.set(name, new Service(name, { ...shared, ...env }, ready, join(this.folder, `${name}.log`)));
    for (const owner of OWNERS)
      add(owner, { HOST: '127.0.0.1', PORT: String(ports.get(owner)) }, `${url(owner)}/health/ready`);
    const listen = {
      GATEWAY_HOST: '127.0.0.1',
      GATEWAY_FAPI_PORT: String(ports.get('fapi')),
      GATEWAY_BAPI_PORT: String(ports.get('bapi')),
      GATEWAY_OPS_PORT: String(ports.get('ops')),
      GATEWAY_RATE_LIMITS: 'off',
    };
    add('gateway', listen, `${url('ops')}/health/ready`);
    for (const service of this.services.values()) service.start();
    await Promise.all([...this.services.values()].map((service) => service.untilReady()));

    const urls = { fapiUrl: url('fapi'), bapiUrl: url('bapi') };
    const source = defaultDeclaration(urls, keys.secretKey);
    const [instance] = await declare(
      async ({ method, path, headers, body }) => {
        const answer = await fetch(url('identity') + path, { method, headers, body });
        return { status: answer.status, body: await answer.text() };
      },
      keys.contextKey,
      source,
    );
    const lines = appEnv({
      ...urls,
      publishableKey: instance!.publishable_key,
      secretKey: keys.secretKey,
      instanceId: instance!.instance_id,
    });
    for (const line of lines.trim().split('\n')) {
      const at = line.indexOf('=');
      this.app[line.slice(0, at)] = line.slice(at + 1);
    }
  }
}
