import { request as httpRequest } from 'node:http';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { TestClock } from '@latchkey/core';
import type { LocalInbox } from '@latchkey/messaging';
import { standalonePlatform } from '@latchkey/platform';
import { createGateway, listen } from '../app.module.js';
import { FakeOwner } from './fake-owner.js';

/** An answer over HTTP. */
export interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  bytes: Buffer;
  text: string;
  json: () => any; // eslint-disable-line @typescript-eslint/no-explicit-any -- tests look into any answer
}

/** A request to one of the gateway's sockets. Node's own client, for `fetch` sends no Host and Origin of one's choice. */
export interface Call {
  method?: string;
  path: string;
  headers?: Record<string, string>;
  body?: string;
}

/** Starts a gateway in front of a fake owner, for the tests of one file. */
export function useGateway(env: Record<string, string> = {}) {
  const owner = new FakeOwner();
  const clock = new TestClock();
  let app: NestFastifyApplication;
  let kept: LocalInbox;
  let urls: { fapi: string; bapi: string; ops: string };

  beforeAll(async () => {
    const platform = standalonePlatform(clock);
    kept = platform.inbox;
    const fastify = await owner.start();
    for (const service of ['identity', 'organizations', 'billing', 'webhooks'] as const)
      platform.transport.register(service, fastify);
    app = await createGateway(env, platform);
    const address = { host: '127.0.0.1', port: 0 };
    urls = await listen(app, { fapi: address, bapi: address, ops: address });
  });
  let stopped: Promise<void> | undefined;
  const stop = () => (stopped ??= app.close());
  afterAll(stop);

  const call = (name: 'fapi' | 'bapi' | 'ops') => (options: Call) => send(urls[name], options);
  return {
    owner,
    clock,
    fapi: call('fapi'),
    bapi: call('bapi'),
    ops: call('ops'),
    inbox: () => kept,
    at: () => urls,
    stop,
  };
}

function send(base: string, { method = 'GET', path, headers = {}, body }: Call): Promise<Answer> {
  return new Promise((resolve, reject) => {
    // Host and port apart: of a whole address Node would resolve dots in the path.
    const { hostname, port } = new URL(base);
    const request = httpRequest({ hostname, port, path, method, headers, agent: false }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('end', () => {
        const bytes = Buffer.concat(parts);
        const text = bytes.toString();
        resolve({
          status: response.statusCode!,
          headers: response.headers,
          bytes,
          text,
          json: () => JSON.parse(text) as unknown,
        });
      });
      response.on('error', reject);
    });
    request.on('error', reject);
    request.end(body);
  });
}
