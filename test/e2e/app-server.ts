import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { extname } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { clerkFrontendApiProxy } from '@clerk/backend/proxy';
import { clerkClient, running } from './latchkey.js';
import type { Answer } from './react-app.js';

/** The path below which an app's server forwards to FAPI. */
const PROXY_PATH = '/__clerk';

/**
 * The server of a customer's app: it authenticates each document with `@clerk/backend`, shows in the page whom it has found,
 * and forwards what comes below `/__clerk` with the SDK's own helper.
 *
 * @param app what the app has in its environment
 * @param isTls with the certificate of the hosts below `.test`
 */
export async function startAppServer(app: Record<string, string>, isTls: boolean, page: Answer): Promise<Server> {
  const { tls, app: installation } = running();
  const clerk = clerkClient({ app });
  const fapiUrl = installation.CLERK_PROXY_URL!;

  const answer = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const request = await toRequest(incoming, `${isTls ? 'https' : 'http'}://${incoming.headers.host}`);
    const { pathname } = new URL(request.url);
    if (pathname.startsWith(`${PROXY_PATH}/`)) {
      const { CLERK_PUBLISHABLE_KEY: publishableKey, CLERK_SECRET_KEY: secretKey } = app;
      return send(await clerkFrontendApiProxy(request, { publishableKey, secretKey, fapiUrl }), outgoing);
    }
    if (extname(pathname)) return page(incoming, outgoing);
    const state = await clerk.authenticateRequest(request);
    outgoing.setHeaders(state.headers);
    if (state.headers.has('location')) return void outgoing.writeHead(307).end();
    page(incoming, outgoing, `<p>The server sees <output data-testid="server">${state.toAuth()?.userId}</output></p>`);
  };

  const listener: RequestListener = (incoming, outgoing) => {
    answer(incoming, outgoing).catch((error: Error) => outgoing.writeHead(500).end(error.stack));
  };
  const server = isTls
    ? createTlsServer({ cert: readFileSync(tls.certFile), key: readFileSync(tls.keyFile) }, listener)
    : createServer(listener);
  server.listen(0, 'localhost');
  await once(server, 'listening');
  return server;
}

async function toRequest(incoming: IncomingMessage, origin: string): Promise<Request> {
  const { method = 'GET', headers, url } = incoming;
  const isRead = method === 'GET' || method === 'HEAD';
  return new Request(origin + url!, {
    method,
    headers: Object.entries(headers).flatMap(([name, value]) =>
      [value ?? []].flat().map((each): [string, string] => [name, each]),
    ),
    ...(!isRead && { body: new Uint8Array(await buffer(incoming)) }),
  });
}

async function send(answer: Response, outgoing: ServerResponse): Promise<void> {
  outgoing.setHeaders(answer.headers);
  outgoing.writeHead(answer.status).end(Buffer.from(await answer.arrayBuffer()));
}
