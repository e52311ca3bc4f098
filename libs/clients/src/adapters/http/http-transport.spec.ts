import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CONTEXT_HEADER } from '@latchkey/contracts';
import { systemContext } from '../../identity/identity-client.js';
import { ServiceUnavailable } from '../../service-transport.js';
import { HttpTransport } from './http-transport.js';

const asked: IncomingMessage[] = [];
const server = createServer((message, reply) => {
  asked.push(message);
  reply.setHeader('x-answer', 'yes').end('"found"');
});
let transport: HttpTransport;

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const urls = { identity: url, organizations: url, billing: url, webhooks: 'http://127.0.0.1:9' };
  transport = new HttpTransport(urls, { sign: (ctx) => `signed for ${ctx.requestId}` });
});
afterAll(async () => {
  await transport.close();
  server.close();
});

describe('HttpTransport', () => {
  it('signs for whom it asks, and brings back the answer', async () => {
    const request = { method: 'GET', path: '/v1/things?a=1', headers: { 'x-request-id': 'r' } };
    const answer = await transport.request('identity', { ...request, ctx: systemContext('r') });

    expect(asked.at(-1)).toMatchObject({ method: 'GET', url: '/v1/things?a=1' });
    expect(asked.at(-1)!.headers).toMatchObject({ 'x-request-id': 'r', [CONTEXT_HEADER]: 'signed for r' });
    expect({ ...answer, body: answer.body.toString() }).toMatchObject({
      status: 200,
      headers: { 'x-answer': 'yes' },
      body: '"found"',
    });
  });

  it('says which service does not answer', async () => {
    const asking = transport.request('webhooks', { method: 'GET', path: '/', headers: {}, ctx: systemContext('r') });
    await expect(asking).rejects.toThrow(ServiceUnavailable);
  });
});
