import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lockFolder } from './folder-lock.js';
import { birthOf } from './processes.js';

describe('lockFolder', () => {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-lock-'));
  const file = join(folder, 'lock');
  const heldBy = (pid: number, birth: string) => writeFileSync(file, JSON.stringify({ pid, birth }));
  afterEach(() => rmSync(file, { force: true }));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('is given once, and again after it was given back', () => {
    const unlock = lockFolder(file, 'The folder');
    expect(() => lockFolder(file, 'The folder')).toThrow(`The folder is in use by process ${process.pid}.`);
    unlock();
    expect(existsSync(file)).toBe(false);
    lockFolder(file, 'The folder')();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('refuses while the process that holds it lives', () => {
    heldBy(process.ppid, birthOf(process.ppid));
    expect(() => lockFolder(file, 'The folder')).toThrow(`in use by process ${process.ppid}`);
  });

  it('takes over from a process that is gone', () => {
    const { pid } = spawnSync(process.execPath, ['--version']);
    heldBy(pid, 'long ago');
    lockFolder(file, 'The folder')();
  });

  it('takes over when the id now belongs to another process', () => {
    heldBy(process.ppid, 'before that one was born');
    lockFolder(file, 'The folder')();
  });

  it('takes over from a lock that cannot be read', () => {
    writeFileSync(file, '{"pid":');
    lockFolder(file, 'The folder')();
  });
});
