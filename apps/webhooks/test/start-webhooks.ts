import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { apiVersions, CONTEXT_HEADER, type PublicEventType, type RequestContext } from '@latchkey/contracts';
import { newId, randomText, TestClock } from '@latchkey/core';
import { transaction } from '@latchkey/db';
import { event, Outbox } from '@latchkey/events';
import { ContextSigner, createApp } from '@latchkey/http';
import { Sweepers } from '@latchkey/jobs';
import { standalonePlatform } from '@latchkey/platform';
import { deploy, dropDatabase } from '@latchkey/postgres';
import { startPostgres } from '@latchkey/testing';
import { Svix } from 'svix';
import { WebhooksModule } from '../src/app.module.js';
import { WebhooksDb, type Tx } from '../src/db.js';

/** The service on a database of its own, with what a test does to it from outside. */
export interface Webhooks {
  app: NestFastifyApplication;
  clock: TestClock;
  url: string;
  databaseUrl: string;
  /** The real client, for an instance (a new one when left out). */
  svix(instanceId?: string): { svix: Svix; instanceId: string };
  /** The signed context of a BAPI request. */
  header(instanceId: string): Record<string, string>;
  /** Lets an event happen. */
  emit(instanceId: string, type: PublicEventType, subject: string, data: object): Promise<void>;
  /** Runs what is due by the clock. */
  sweep(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts the service and listens on loopback; as another replica of one that runs, when given. */
export async function startWebhooks(env: Record<string, string> = {}, replicaOf?: Webhooks): Promise<Webhooks> {
  const server = await startPostgres();
  const url = replicaOf?.databaseUrl ?? server.databaseUrl(`webhooks_${randomText(12).toLowerCase()}`);
  if (!replicaOf) await deploy({ service: 'webhooks', url });
  const clock = replicaOf?.clock ?? new TestClock();
  const app = await createApp(
    WebhooksModule.forRoot(
      {
        WEBHOOKS_DATABASE_URL: url,
        CONTEXT_SIGNING_KEY: 'c'.repeat(32),
        MASTER_KEY: 'm'.repeat(32),
        WEBHOOKS_ALLOWED_TARGETS: '127.0.0.0/8',
        ...env,
      },
      standalonePlatform(clock),
    ),
  );
  await app.listen(0, '127.0.0.1');
  const origin = await app.getUrl();
  const header = (instanceId: string) => ({ [CONTEXT_HEADER]: app.get(ContextSigner).sign(context(instanceId)) });
  return {
    app,
    clock,
    url: origin,
    databaseUrl: url,
    header,
    svix: (instanceId = newId('instance')) => ({
      instanceId,
      svix: new Svix('sk_test_x', {
        serverUrl: `${origin}/svix`,
        fetch: (input, init) =>
          fetch(input, { ...init, headers: { ...(init?.headers as object), ...header(instanceId) } }),
      }),
    }),
    async emit(instanceId, type, subject, data) {
      const cause = { instanceId, ipAddress: '203.0.113.7', userAgent: 'test' };
      await transaction(app.get(WebhooksDb), (tx: Tx) =>
        app.get(Outbox).add(tx, event(cause, type, subject, data as never)),
      );
    },
    sweep: () => app.get(Sweepers).runAll(),
    async stop() {
      await app.close();
      if (!replicaOf) await dropDatabase(url);
      await server.stop();
    },
  };
}

const context = (instanceId: string): RequestContext => ({
  instanceId,
  environment: 'development',
  api: 'bapi',
  apiVersion: apiVersions[0],
  requestId: newId('request'),
  fapiUrl: 'http://127.0.0.1',
  ipAddress: '127.0.0.1',
  userAgent: 'test',
});

/** A call that a subscriber got. */
export interface Received {
  headers: Record<string, string>;
  body: string;
  at: number;
}

/** A subscriber on loopback. */
export interface Subscriber {
  url: string;
  received: Received[];
  /** How it answers from now on; 200 unless told otherwise. */
  answer: (response: ServerResponse, received: Received) => void;
  close(): Promise<void>;
}

/** Starts a subscriber. */
export async function startSubscriber(): Promise<Subscriber> {
  const received: Received[] = [];
  const subscriber: Subscriber = {
    url: '',
    received,
    answer: (response) => response.end('ok'),
    close: () => new Promise((done) => (server.closeAllConnections(), server.close(() => done()))),
  };
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const call = { headers: flat(request.headers), body: Buffer.concat(chunks).toString(), at: Date.now() };
      received.push(call);
      subscriber.answer(response, call);
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  subscriber.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
  return subscriber;
}

const flat = (headers: IncomingHttpHeaders) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));

/** Waits until something holds. */
export async function until<T>(
  probe: () => T | Promise<T>,
  ms = 10_000,
): Promise<Exclude<T, false | null | undefined>> {
  const end = Date.now() + ms;
  for (;;) {
    const value = await probe();
    if (value) return value as Exclude<T, false | null | undefined>;
    if (Date.now() > end) throw new Error('the condition did not come true in time');
    await new Promise((done) => setTimeout(done, 10));
  }
}
