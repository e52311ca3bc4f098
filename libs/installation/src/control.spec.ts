import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { askToApply, askToRotateKeys, listenForCommands, type Controls } from './control.js';

const dataDir = mkdtempSync(join(tmpdir(), 'latchkey-control-'));
let server: Server;

afterEach(() => new Promise((resolve) => server.close(resolve)));
afterAll(() => rmSync(dataDir, { recursive: true }));

const rotateKeys: Controls['rotateKeys'] = async ({ instance }) => ({ instance_id: instance, kid: 'k', retired_at: 1 });

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

describe('listenForCommands', () => {
  it.each(['', '{', 'null', '[]'])('answers %j with what is wrong with it, and goes on', async (body) => {
    server = await listenForCommands(dataDir, {
      rotateKeys,
      apply: async (file) => {
        if (typeof file !== 'string') throw new Error('no file');
        return [];
      },
    });

    expect(JSON.parse(await send(body))).toEqual({ problem: expect.any(String) as string });
    expect(await askToApply(dataDir, 'latchkey.yaml')).toEqual([]);
  });

  it('answers with what a declaration throws at once', async () => {
    server = await listenForCommands(dataDir, {
      rotateKeys,
      apply: () => {
        throw new Error('line 3 is wrong');
      },
    });

    await expect(askToApply(dataDir, 'latchkey.yaml')).rejects.toThrow('line 3 is wrong');
  });

  it('passes a rotation of keys on; nobody answers where nothing runs', async () => {
    server = await listenForCommands(dataDir, { rotateKeys, apply: async () => [] });

    expect(await askToRotateKeys(dataDir, { instance: 'shop' })).toEqual({
      instance_id: 'shop',
      kid: 'k',
      retired_at: 1,
    });
    expect(await askToRotateKeys(join(dataDir, 'nothing'), { instance: 'shop' })).toBeUndefined();
  });
});
