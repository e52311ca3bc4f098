import type { RequestListener } from 'node:http';
import { Readable } from 'node:stream';
import { CONTEXT } from '@latchkey/contracts';
import Fastify from 'fastify';
import { systemContext } from '../../identity/identity-client.js';
import { exchange } from './exchange.js';

const fastify = Fastify();
fastify.post('/echo', ({ body, headers }) => ({ body, length: headers['content-length'] }));
fastify.get('/empty', (_request, reply) => reply.status(204).send());
fastify.get('/null', (_request, reply) => reply.send());
fastify.get('/cookies', (_request, reply) => reply.header('set-cookie', ['a=1', 'b=2']).send('both'));
fastify.get('/stream', (_request, reply) => reply.type('text/plain').send(Readable.from(['one ', 'two'])));
fastify.get('/broken', (_request, reply) =>
  reply.send(
    Readable.from(
      (async function* () {
        yield await Promise.resolve('half');
        throw new Error('torn');
      })(),
    ),
  ),
);

beforeAll(() => fastify.ready());
afterAll(() => fastify.close());

const ask = async (method: string, path: string, body?: string, headers: Record<string, string> = {}) => {
  const routes: RequestListener = (message, reply) => fastify.routing(message, reply);
  const answer = await exchange(routes, { method, path, headers, body });
  return { ...answer, body: answer.body.toString() };
};

describe('exchange', () => {
  it('hands over a body and brings back the answer', async () => {
    const { status, headers, body } = await ask('POST', '/echo', '{"name":"Zoë"}', {
      'content-type': 'application/json',
    });
    expect(status).toBe(200);
    expect(headers).toMatchObject({ 'content-type': 'application/json; charset=utf-8', 'content-length': '38' });
    expect(JSON.parse(body)).toEqual({ body: { name: 'Zoë' }, length: '15' });
  });

  it.each([
    ['/empty', 204, ''],
    ['/null', 200, ''],
    ['/stream', 200, 'one two'],
    ['/nowhere?a=1', 404, expect.stringContaining('GET:/nowhere')],
  ])('brings back what %s answers', async (path, status, body) => {
    expect(await ask('GET', path)).toMatchObject({ status, body });
  });

  it('hands over for whom it asks, as a copy that either side may change', async () => {
    const ctx = systemContext('r');
    let handed: unknown;
    const routes: RequestListener = (message, reply) => {
      handed = (message as unknown as Record<symbol, unknown>)[CONTEXT];
      reply.end();
    };
    await exchange(routes, { method: 'GET', path: '/', headers: {}, ctx });
    expect(handed).toEqual(ctx);
    expect(handed).not.toBe(ctx);
  });

  it('keeps headers of several values', async () => {
    expect((await ask('GET', '/cookies')).headers['set-cookie']).toEqual(['a=1', 'b=2']);
  });

  it('fails when an answer breaks off', async () => {
    await expect(ask('GET', '/broken')).rejects.toThrow('the answer broke off');
  });
});
