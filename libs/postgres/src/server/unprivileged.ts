import { spawnSync } from 'node:child_process';
import { accessSync, constants, readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { ServerError } from './server-error.js';

/** A user of the operating system. */
export interface Account {
  name: string;
  uid: number;
  gid: number;
}

/**
 * The account that Postgres runs as, for it refuses to run as root: `postgres` where the system has it, else `latchkey`, made
 * when missing, else `nobody`. Null when this process is not root, and nothing needs to change.
 */
export function unprivilegedAccount(): Account | null {
  if (process.getuid?.() !== 0) return null;
  const found = account('postgres') ?? account('latchkey') ?? madeAccount() ?? account('nobody');
  if (!found)
    throw new ServerError(
      'Postgres refuses to run as root, and this system has no other account for it. Run as another user.',
    );
  return found;
}

function account(name: string): Account | undefined {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith(`${name}:`));
  const [, , uid, gid] = line?.split(':') ?? [];
  return uid && gid ? { name, uid: Number(uid), gid: Number(gid) } : undefined;
}

function madeAccount(): Account | undefined {
  spawnSync('useradd', ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', 'latchkey']);
  return account('latchkey');
}

/** What `spawn` is called with. */
export interface Invocation {
  command: string;
  args: string[];
  options: { uid?: number; gid?: number };
}

/**
 * How to run a program as that account. A project below a private folder, such as root's home, is closed to it: then the program
 * keeps the one privilege of passing through, and nothing else of root's.
 *
 * @param paths what the program must reach
 * @throws when it could not, and the system has no `setpriv`
 */
export function runAs(account: Account | null, command: string, args: string[], paths: string[]): Invocation {
  if (!account) return { command, args, options: {} };
  const closed = [command, ...paths].map((path) => firstClosedFolder(path, account)).find(Boolean);
  if (!closed) return { command, args, options: { uid: account.uid, gid: account.gid } };
  if (spawnSync('setpriv', ['--version']).status !== 0) {
    throw new ServerError(
      `Postgres refuses to run as root, and the account "${account.name}" it would run as may not enter ${closed}. ` +
        `Run as another user, or move the project or its data folder to where others may enter.`,
    );
  }
  const ids = [`--reuid=${account.uid}`, `--regid=${account.gid}`, '--clear-groups'];
  const passThrough = ['--inh-caps=+dac_override', '--ambient-caps=+dac_override'];
  return { command: 'setpriv', args: [...ids, ...passThrough, command, ...args], options: {} };
}

/** The outermost folder on the way to `path` that the account may not enter. */
function firstClosedFolder(path: string, account: Account): string | undefined {
  const folders: string[] = [];
  for (let folder = dirname(resolve(path)); ; folder = dirname(folder)) {
    folders.unshift(folder);
    if (folder === dirname(folder)) break;
  }
  return folders.find((folder) => {
    if (!isThere(folder)) return false;
    const { mode, uid, gid } = statSync(folder);
    const bit = uid === account.uid ? 0o100 : gid === account.gid ? 0o010 : 0o001;
    return (mode & bit) === 0;
  });
}

function isThere(path: string): boolean {
  try {
    accessSync(path, constants.F_OK);
    return true;
  } catch {
    return false;
  }
}
