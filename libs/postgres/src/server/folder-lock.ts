import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { birthOf, isAlive } from './processes.js';
import { ServerError } from './server-error.js';

interface Holder {
  pid: number;
  birth: string;
}

/**
 * Makes one process the user of a folder. A lock whose process is gone, killed or restarted with the machine, counts for nothing.
 *
 * @returns how to give it back
 * @throws when another process holds it
 */
export function lockFolder(file: string, what: string): () => void {
  const mine = JSON.stringify({ pid: process.pid, birth: birthOf(process.pid) } satisfies Holder);
  for (let attempt = 0; attempt < 5; attempt++) {
    if (claim(file, mine)) return () => release(file, mine);
    const found = read(file);
    if (found === null) continue;
    const holder = parse(found);
    if (holder && isAlive(holder.pid) && birthOf(holder.pid) === holder.birth) {
      throw new ServerError(`${what} is in use by process ${holder.pid}. Stop that process, or choose another folder.`);
    }
    removeIfStill(file, found);
  }
  throw new ServerError(`${what} is being taken by another process at this moment.`);
}

/** Whole or not at all: a file linked into place is never seen half written. */
function claim(file: string, content: string): boolean {
  const draft = `${file}.${randomUUID()}`;
  writeFileSync(draft, content);
  try {
    linkSync(draft, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(draft);
  }
}

/** Takes the stale lock away, but not one that another process has put in its place meanwhile. */
function removeIfStill(file: string, stale: string): void {
  const aside = `${file}.${randomUUID()}`;
  try {
    renameSync(file, aside);
  } catch {
    return;
  }
  if (read(aside) !== stale) {
    try {
      linkSync(aside, file);
    } catch {
      // A third process has it by now; the second one will find out from Postgres's own lock.
    }
  }
  rmSync(aside);
}

function release(file: string, mine: string): void {
  if (read(file) === mine) rmSync(file, { force: true });
}

function read(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}

function parse(content: string): Holder | null {
  try {
    return JSON.parse(content) as Holder;
  } catch {
    return null;
  }
}
