import { rmSync } from 'node:fs';
import { createServer, request, type Server } from 'node:http';
import { join } from 'node:path';
import { DeclarationError } from './declaration-file.js';
import type { AppliedInstance } from './declare.js';
import type { KeyRotation, RotatedKey } from './rotate-keys.js';

/** What a running Latchkey can be asked for on the same machine. */
export interface Controls {
  /** `latchkey apply` */
  apply(file: string): Promise<AppliedInstance[]>;
  /** `latchkey rotate-keys` */
  rotateKeys(rotation: KeyRotation): Promise<RotatedKey>;
}

type Answer<T> = { done: T } | { problem: string };

/** A socket inside the data folder: who may write there may declare, and nobody else can reach it. */
const socketOf = (dataDir: string) => join(dataDir, 'control.sock');

/** Listens for Latchkey's commands; the folder has one process, so that a socket that is there is a dead one's. */
export function listenForCommands(dataDir: string, controls: Controls): Promise<Server> {
  const path = socketOf(dataDir);
  rmSync(path, { force: true });
  const server = createServer((incoming, reply) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      // Whatever it asks for, and whatever comes of it: the installation goes on.
      const doing = async (): Promise<unknown> => {
        const asked = JSON.parse(Buffer.concat(chunks).toString()) as unknown;
        if (incoming.url === '/rotate-keys') return controls.rotateKeys(asked as KeyRotation);
        return controls.apply((asked as { file: string }).file);
      };
      doing().then(
        (done) => reply.end(JSON.stringify({ done } satisfies Answer<unknown>)),
        (error: Error) => reply.end(JSON.stringify({ problem: error.message } satisfies Answer<unknown>)),
      );
    });
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, () => resolve(server));
  });
}

/** Asks the Latchkey that runs on `dataDir` to apply a file; undefined when none runs there. */
export const askToApply = (dataDir: string, file: string): Promise<AppliedInstance[] | undefined> =>
  ask(dataDir, '/apply', { file });

/** Asks the Latchkey that runs on `dataDir` for a new signing key; undefined when none runs there. */
export const askToRotateKeys = (dataDir: string, rotation: KeyRotation): Promise<RotatedKey | undefined> =>
  ask(dataDir, '/rotate-keys', rotation);

/** @throws DeclarationError with what the running Latchkey says is wrong */
async function ask<T>(dataDir: string, path: string, asked: object): Promise<T | undefined> {
  const answer = await new Promise<Answer<T> | undefined>((resolve, reject) => {
    const asking = request({ socketPath: socketOf(dataDir), method: 'POST', path, agent: false }, (reply) => {
      const chunks: Buffer[] = [];
      reply.on('data', (chunk: Buffer) => chunks.push(chunk));
      reply.on('end', () => resolve(JSON.parse(Buffer.concat(chunks).toString()) as Answer<T>));
    });
    asking.on('error', (error: NodeJS.ErrnoException) =>
      ['ENOENT', 'ECONNREFUSED'].includes(error.code ?? '') ? resolve(undefined) : reject(error),
    );
    asking.end(JSON.stringify(asked));
  });
  if (answer && 'problem' in answer) throw new DeclarationError(answer.problem);
  return answer?.done;
}
