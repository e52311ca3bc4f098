import { rmSync } from 'node:fs';
import { createServer, request, type Server } from 'node:http';
import { join } from 'node:path';
import type { AppliedInstance } from './declare.js';

/** What a running Latchkey answers to `latchkey apply` on the same machine. */
type Answer = { applied: AppliedInstance[] } | { problem: string };

/** A socket inside the data folder: who may write there may declare, and nobody else can reach it. */
const socketOf = (dataDir: string) => join(dataDir, 'control.sock');

/** Listens for `latchkey apply`; the folder has one process, so that a socket that is there is a dead one's. */
export function listenForApply(dataDir: string, apply: (file: string) => Promise<AppliedInstance[]>): Promise<Server> {
  const path = socketOf(dataDir);
  rmSync(path, { force: true });
  const server = createServer((incoming, reply) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      // Whatever it asks for, and whatever comes of it: the installation goes on.
      const applying = async () => apply((JSON.parse(Buffer.concat(chunks).toString()) as { file: string }).file);
      applying().then(
        (applied) => reply.end(JSON.stringify({ applied } satisfies Answer)),
        (error: Error) => reply.end(JSON.stringify({ problem: error.message } satisfies Answer)),
      );
    });
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, () => resolve(server));
  });
}

/** Asks the Latchkey that runs on `dataDir` to apply a file; undefined when none runs there. */
export function askToApply(dataDir: string, file: string): Promise<Answer | undefined> {
  return new Promise((resolve, reject) => {
    const asking = request({ socketPath: socketOf(dataDir), method: 'POST', path: '/apply', agent: false }, (reply) => {
      const chunks: Buffer[] = [];
      reply.on('data', (chunk: Buffer) => chunks.push(chunk));
      reply.on('end', () => resolve(JSON.parse(Buffer.concat(chunks).toString()) as Answer));
    });
    asking.on('error', (error: NodeJS.ErrnoException) =>
      ['ENOENT', 'ECONNREFUSED'].includes(error.code ?? '') ? resolve(undefined) : reject(error),
    );
    asking.end(JSON.stringify({ file }));
  });
}
