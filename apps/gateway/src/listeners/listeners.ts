import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';

/** What a socket serves: one of the public APIs (FAPI also on a second one, over TLS), or probes and metrics. */
export type ListenerName = 'fapi' | 'fapiTls' | 'bapi' | 'ops';

/** Where to listen; port 0 takes a free one. */
export interface Address {
  host: string;
  port: number;
  /** Certificate (with its chain) and key as PEM, where nothing in front ends TLS. */
  tls?: { cert: string; key: string };
}

/** A connection that a caller keeps is idle only once its answer has been sent. */
async function close(server: Server): Promise<void> {
  const hangUp = setInterval(() => server.closeIdleConnections(), 20);
  await new Promise<void>((resolve) => server.close(() => resolve()));
  clearInterval(hangUp);
}

const KEY_PATH = /^\/accounts\.dev(?=\/|$)/;

/** The API that a socket serves; probes belong to none. */
const API: Record<ListenerName, 'fapi' | 'bapi' | undefined> = {
  fapi: 'fapi',
  fapiTls: 'fapi',
  bapi: 'bapi',
  ops: undefined,
};
const APIS = new WeakMap<Server, ListenerName>();

/**
 * The sockets of the gateway. All feed the same router; what came in at one of the APIs gets its name in front of its path
 * (`/fapi/v1/client`), so that nothing of one API can be reached through the other, and probes through neither.
 */
@Injectable()
export class Listeners implements BeforeApplicationShutdown {
  private readonly servers: Server[] = [];

  /** Opens the sockets and gives the address of each. */
  async open(app: NestFastifyApplication, name: ListenerName, { host, port, tls }: Address): Promise<string> {
    const fastify = app.getHttpAdapter().getInstance();
    const answer: RequestListener = (request, response) => fastify.routing(request, response);
    const server = tls ? createTlsServer(tls, answer) : createServer(answer);
    APIS.set(server, name);
    // A client that a proxy has kept waiting must not meet a server that has just hung up.
    server.keepAliveTimeout = 75_000;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, host, () => resolve());
    });
    this.servers.push(server);
    const address = server.address() as AddressInfo;
    return `${tls ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${address.port}`;
  }

  /** Takes no more connections, and waits for the requests in hand. */
  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all(this.servers.map(close));
  }
}

/**
 * The path under which the router knows a request: the name of the API in front, no slash at the end, and none repeated.
 * The key of a development instance may end in a path (`compat/fapi.md` 1.2, shape D); backends and script loaders then
 * call below it.
 */
export function routedUrl(request: IncomingMessage): string {
  const url = request.url ?? '/';
  const name = APIS.get((request.socket as { server?: Server }).server!);
  const api = name && API[name];
  if (api === undefined) return url;
  const end = url.indexOf('?');
  const path = `/${end < 0 ? url : url.slice(0, end)}`
    .replace(/\/{2,}/g, '/')
    .replace(KEY_PATH, '')
    .replace(/\/$/, '');
  return `/${api}${path}${end < 0 ? '' : url.slice(end)}`;
}
