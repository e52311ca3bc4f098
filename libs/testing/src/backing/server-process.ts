import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { freePort } from '@latchkey/postgres';
import type { Backing, BackingOptions } from './backing.js';

const POLL_MS = 25;

/** A program that serves on loopback, and how one sees that it does. */
export interface ServerProgram extends BackingOptions {
  name: string;
  /** What to run, once the ports are known; may write files into `folder` first. */
  command(ports: number[], folder: string): string[] | Promise<string[]>;
  /** How many ports it listens on; the first is the one that clients use. */
  ports?: number;
  /** Whether it takes clients, asked again and again. */
  isReady(server: { port: number; pid: number; log: () => string }): Promise<boolean>;
  url(port: number): string;
  /** The log says that a port was taken between choosing and using it. */
  portTaken: RegExp;
  startWithinMs: number;
  stopWithinMs?: number;
}

/**
 * Runs a server program on loopback until it is stopped or this process ends.
 *
 * @throws with the end of its log when it does not come up
 */
export async function startServerProcess(program: ServerProgram): Promise<Backing> {
  const isScratch = program.dataDir === undefined;
  const folder = program.dataDir ? resolve(program.dataDir) : mkdtempSync(join(tmpdir(), `latchkey-${program.name}-`));
  mkdirSync(folder, { recursive: true });
  const remove = () => {
    if (isScratch) rmSync(folder, { recursive: true, force: true });
  };
  try {
    for (let attempt = 1; ; attempt++) {
      const port = program.port ?? (await freePort())!;
      const others = Array.from({ length: (program.ports ?? 1) - 1 }, () => freePort());
      const ports = [port, ...(await Promise.all(others)).map((other) => other!)];
      const { child, log } = run(await program.command(ports, folder), folder);
      if (await comesUp(program, child, port, log)) return running(program, child, port, remove);
      child.kill('SIGKILL');
      const isRace = program.portTaken.test(log()) && program.port === undefined && attempt < 5;
      if (!isRace) throw new Error(`${program.name} did not start:\n${log().split('\n').slice(-15).join('\n').trim()}`);
    }
  } catch (error) {
    remove();
    throw error;
  }
}

function run([command, ...args]: string[], folder: string): { child: ChildProcess; log: () => string } {
  const file = join(folder, 'server.log');
  const out = openSync(file, 'a');
  const start = statSync(file).size;
  // A session of its own, so that Ctrl+C leaves the order of ending to us; on Linux the kernel ends it with us even after kill -9.
  const [program, ...all] = endsWithParent()
    ? ['setpriv', '--pdeathsig', 'KILL', command!, ...args]
    : [command!, ...args];
  const child = spawn(program, all, { cwd: folder, detached: true, stdio: ['ignore', out, out] });
  child.once('error', () => {});
  closeSync(out);
  return { child, log: () => readFileSync(file).subarray(start).toString('utf8') };
}

let hasSetpriv: boolean | undefined;
const endsWithParent = () =>
  (hasSetpriv ??= process.platform === 'linux' && spawnSync('setpriv', ['--pdeathsig', 'clear', 'true']).status === 0);

const hasEnded = (child: ChildProcess) =>
  child.pid === undefined || child.exitCode !== null || child.signalCode !== null;

async function comesUp(program: ServerProgram, child: ChildProcess, port: number, log: () => string): Promise<boolean> {
  const deadline = Date.now() + program.startWithinMs;
  while (!hasEnded(child) && Date.now() < deadline) {
    if (await program.isReady({ port, pid: child.pid!, log })) return !hasEnded(child);
    await new Promise((wake) => setTimeout(wake, POLL_MS));
  }
  return false;
}

function running(program: ServerProgram, child: ChildProcess, port: number, remove: () => void): Backing {
  const onExit = () => {
    child.kill('SIGKILL');
    remove();
  };
  process.once('exit', onExit);
  let isAsked = false;
  const ended = new Promise<boolean>((settle) => child.once('exit', () => settle(isAsked)));
  const end = async (signal: NodeJS.Signals) => {
    if (!hasEnded(child)) {
      isAsked = true;
      child.kill(signal);
      const patience = setTimeout(() => child.kill('SIGKILL'), program.stopWithinMs ?? 10_000);
      await ended;
      clearTimeout(patience);
    }
    process.removeListener('exit', onExit);
    remove();
  };
  child.unref();
  const url = program.url(port);
  return { url, port, isOurs: true, ended, stop: () => end('SIGTERM'), kill: () => end('SIGKILL') };
}
