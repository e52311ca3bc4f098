import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { askToApply, listenForApply } from './control.js';

const dataDir = mkdtempSync(join(tmpdir(), 'latchkey-control-'));
let server: Server;

afterEach(() => new Promise((resolve) => server.close(resolve)));
afterAll(() => rmSync(dataDir, { recursive: true }));

/** What anybody could send who reaches the socket. */
const send = (body: string) =>
  new Promise<string>((resolve, reject) => {
    const asking = request(
      { socketPath: join(dataDir, 'control.sock'), method: 'POST', path: '/apply', agent: false },
      (reply) => {
        let text = '';
        reply.on('data', (chunk: Buffer) => (text += chunk.toString()));
        reply.on('end', () => resolve(text));
      },
    );
    asking.on('error', reject);
    asking.end(body);
  });

describe('listenForApply', () => {
  it.each(['', '{', 'null', '[]'])('answers %j with what is wrong with it, and goes on', async (body) => {
    server = await listenForApply(dataDir, async (file) => {
      if (typeof file !== 'string') throw new Error('no file');
      return [];
    });

    expect(JSON.parse(await send(body))).toEqual({ problem: expect.any(String) as string });
    expect(await askToApply(dataDir, 'latchkey.yaml')).toEqual({ applied: [] });
  });

  it('answers with what a declaration throws at once', async () => {
    server = await listenForApply(dataDir, () => {
      throw new Error('line 3 is wrong');
    });

    expect(await askToApply(dataDir, 'latchkey.yaml')).toEqual({ problem: 'line 3 is wrong' });
  });
});
