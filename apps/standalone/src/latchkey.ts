import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import type { Owner } from '@latchkey/clients';
import { createApp } from '@latchkey/http';
import {
  builtInDeclaration,
  declare,
  rotateKeys,
  type AppliedInstance,
  type AskIdentity,
  type DeclarationSource,
  type KeyRotation,
  type RotatedKey,
} from '@latchkey/installation';
import { Sweepers } from '@latchkey/jobs';
import type { AppModule, Env, StandalonePlatform } from '@latchkey/platform';
import { deploy } from '@latchkey/postgres';
import { BillingModule } from '../../billing/src/app.module.js';
import { createGateway, listen } from '../../gateway/src/app.module.js';
import { IdentityModule } from '../../identity/src/app.module.js';
import { OrganizationsModule } from '../../organizations/src/app.module.js';
import { WebhooksModule } from '../../webhooks/src/app.module.js';

const modules: Record<Owner, AppModule> = {
  identity: IdentityModule,
  organizations: OrganizationsModule,
  billing: BillingModule,
  webhooks: WebhooksModule,
};

/** The services that own data. */
export const owners = Object.keys(modules) as Owner[];

/** What a Latchkey in one process is made of. */
export interface LatchkeyOptions {
  platform: StandalonePlatform;
  /** The database of each service. */
  databaseUrls: Record<Owner, string>;
  contextKey: string;
  masterKey: string;
  /** Environment variables for the services besides. */
  env?: Env;
  host: string;
  fapiPort: number;
  bapiPort: number;
  /** FAPI over TLS besides, on the same host. */
  tls?: { port: number; cert: string; key: string };
  /** Gets the gateway before it listens: for tests, which look at every exchange. */
  onGateway?: (gateway: FastifyInstance) => void;
}

/** All five services in this process. */
export interface Latchkey {
  fapiUrl: string;
  bapiUrl: string;
  /** Brings applications and instances into the state that is declared; see identity's `Declaration`. */
  declare(declaration: object): Promise<AppliedInstance[]>;
  /** The same for a declaration that somebody wrote, whose errors name its lines. */
  apply(source: DeclarationSource): Promise<AppliedInstance[]>;
  /** Gives an instance a new signing key. */
  rotateKeys(rotation: KeyRotation): Promise<RotatedKey>;
  /** Runs everything once that otherwise runs every so often: for tests that have moved the clock. */
  sweep(): Promise<void>;
  /** Answers the requests in hand, ends what runs in the background, and closes everything. */
  stop(): Promise<void>;
}

/** Applies what is pending of every service's migrations, and tells of each service how many; makes the databases that are missing. */
export async function migrate(databaseUrls: Record<Owner, string>, tell: (line: string) => void): Promise<void> {
  for (const service of owners) {
    const { length } = await deploy({ url: databaseUrls[service], service });
    if (length > 0) tell(`migrations of ${service}: ${length} applied`);
  }
}

/** Starts the five services in this process and opens the two public listeners. Migrate first. */
export async function startLatchkey(options: LatchkeyOptions): Promise<Latchkey> {
  const { platform, contextKey, host } = options;
  const env: Env = {
    // Whoever tries it out receives webhooks on the same machine.
    WEBHOOKS_ALLOWED_TARGETS: '127.0.0.0/8,::1/128',
    ...options.env,
    CONTEXT_SIGNING_KEY: contextKey,
    MASTER_KEY: options.masterKey,
    ...Object.fromEntries(owners.map((owner) => [`${owner.toUpperCase()}_DATABASE_URL`, options.databaseUrls[owner]])),
  };
  const apps: NestFastifyApplication[] = [];
  for (const owner of owners) {
    const app = await createApp(modules[owner].forRoot(env, platform));
    await app.init();
    const fastify = app.getHttpAdapter().getInstance();
    await fastify.ready();
    platform.transport.register(owner, fastify);
    apps.push(app);
  }
  const gateway = await createGateway(env, platform);
  options.onGateway?.(gateway.getHttpAdapter().getInstance());
  const urls = await listen(gateway, {
    fapi: { host, port: options.fapiPort },
    bapi: { host, port: options.bapiPort },
    ...(options.tls && { fapiTls: { host, port: options.tls.port, tls: options.tls } }),
  });
  const ask: AskIdentity = (request) => platform.transport.request('identity', request);
  const apply = (source: DeclarationSource) => declare(ask, contextKey, source);
  return {
    fapiUrl: urls.fapi,
    bapiUrl: urls.bapi,
    declare: (declaration) => apply(builtInDeclaration(declaration)),
    apply,
    rotateKeys: (rotation) => rotateKeys(ask, contextKey, rotation),
    sweep: async () => {
      for (const app of apps) await app.get(Sweepers, { strict: false }).runAll();
    },
    stop: async () => {
      await gateway.close();
      for (const app of apps.reverse()) await app.close();
    },
  };
}
