import Fastify, { type FastifyInstance, type FastifyRequest } from 'fastify';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey } from 'jose';
import { UAT_HEADER, type ClientState, type InstanceInfo } from '@latchkey/clients';
import type { RequestContext } from '@latchkey/contracts';
import { hashSecret } from '@latchkey/core';
import { ContextSigner } from '@latchkey/http';

const signer = new ContextSigner('a context key that only tests have, of 32+');

/** What an owner was asked. */
export interface Asked {
  method: string;
  url: string;
  ctx: RequestContext;
  body: string;
  headers: FastifyRequest['headers'];
}

/** Stands in for identity (another service): knows instances and clients, and answers every operation the same way. */
export class FakeOwner {
  readonly asked: Asked[] = [];
  /** Hosts and keys that an instance was looked for by. */
  readonly looked: string[] = [];
  readonly clients = new Map<string, ClientState>();
  readonly devBrowsers = new Map<string, string | null>();
  /** What the next operation is answered with. */
  next: { status?: number; body?: object | string; headers?: Record<string, string> } = {};
  readonly instances = new Map<string, InstanceInfo>();
  /** Answers wait for it. */
  hold: PromiseWithResolvers<void> | undefined;
  /** Identity cannot tell what a client is like. */
  hasSnapshots = true;
  private privateKey!: CryptoKey;
  private jwk!: Record<string, unknown>;

  async start(): Promise<FastifyInstance> {
    const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true });
    this.privateKey = privateKey;
    this.jwk = { ...(await exportJWK(publicKey)), kid: 'test', alg: 'RS256', use: 'sig' };
    const fastify = Fastify();
    fastify.removeAllContentTypeParsers();
    fastify.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
    fastify.get('/internal/instances/resolve', (request) => {
      this.looked.push(selectorOf(request));
      return this.instances.get(selectorOf(request)) ?? null;
    });
    fastify.get('/internal/clients/:id/state', (request) => this.clients.get(idOf(request)) ?? null);
    fastify.get('/internal/dev_browsers/:id', (request) => {
      const clientId = this.devBrowsers.get(idOf(request));
      return clientId === undefined ? null : { client_id: clientId };
    });
    fastify.get('/internal/clients/current/snapshot', (request, reply) => {
      if (!this.hasSnapshots) return reply.status(503).send({ errors: [{ code: 'service_unavailable' }] });
      const state = this.clients.get(contextOf(request).clientId ?? '');
      if (state) void reply.header(UAT_HEADER, state.sessions.length ? Math.floor(state.updatedAt / 1000) : 0);
      return state ? { object: 'client', id: state.id, sessions: state.sessions, updated_at: state.updatedAt } : null;
    });
    fastify.all('/*', async (request, reply) => {
      const { method, url, headers, body } = request;
      this.asked.push({ method, url, headers, body: String(body ?? ''), ctx: contextOf(request) });
      const { status = 200, body: answer = { object: 'thing' }, headers: more = {} } = this.next;
      this.next = {};
      await this.hold?.promise;
      return reply.status(status).headers(more).send(answer);
    });
    await fastify.ready();
    return fastify;
  }

  /** Adds an instance that answers at `host` and to `secretKey`. */
  addInstance(id: string, environment: InstanceInfo['environment'], host: string, secretKey: string): InstanceInfo {
    const instance: InstanceInfo = {
      id,
      environment,
      publishableKey: `pk_test_${id}`,
      frontendApi: host,
      fapiUrl: `${environment === 'production' ? 'https' : 'http'}://${host}`,
      cookieSuffix: 'SUFFIX12',
      jwks: [this.jwk],
      allowedOrigins: ['https://partner.example'],
    };
    this.instances.set(host, instance);
    this.instances.set(hashSecret(secretKey), instance);
    return instance;
  }

  /** Adds a client with one session, and gives its token. */
  async addClient(id: string, change: Partial<ClientState> = {}): Promise<string> {
    const session = {
      id: `sess_${id}`,
      userId: `user_${id}`,
      status: 'active' as const,
      organizationId: null,
      actor: null,
      firstFactorAt: null,
      secondFactorAt: null,
      reverificationId: null,
      expireAt: Date.now() + 3_600_000,
      abandonAt: Date.now() + 3_600_000,
    };
    this.clients.set(id, {
      id,
      rotatingToken: 'current',
      previousToken: null,
      previousUntil: 0,
      lastActiveSessionId: session.id,
      updatedAt: 1_700_000_000_500,
      sessions: [session],
      ...change,
    });
    return this.sign({ id, rotating_token: 'current' });
  }

  /** A token that the instances' key has signed. */
  sign(claims: Record<string, unknown>): Promise<string> {
    return new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: 'test' }).sign(this.privateKey);
  }

  /** The last request that reached an operation. */
  get last(): Asked {
    return this.asked[this.asked.length - 1]!;
  }
}

const idOf = (request: FastifyRequest) => (request.params as { id: string }).id;

function contextOf(request: FastifyRequest): RequestContext {
  const ctx = signer.of(request);
  if (!ctx) throw new Error('the gateway has not asked this');
  return ctx;
}

function selectorOf(request: FastifyRequest): string {
  const query = request.query as Record<string, string>;
  return query.host ?? query.secret_key_hash ?? '';
}
