import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { projectRoot } from '@latchkey/postgres';

const BUILD_MS = 60_000;
const STOP_MS = 30_000;

/** What a program is started with. */
export interface ProgramOptions {
  /** Added to this process's environment. */
  env?: Record<string, string>;
  args?: string[];
  /** The project's folder, when left out. */
  cwd?: string;
  /** What it writes once it is up. */
  ready: RegExp;
}

/** One of the apps, as it was built, as a process of its own. */
export interface Program {
  child: ChildProcess;
  /** All that it has written so far, errors too. */
  output(): string;
  /** How it ends; the code is null when a signal has ended it. */
  ended: Promise<{ code: number | null }>;
  /** `SIGTERM`, and the wait for its end. */
  stop(): Promise<number | null>;
}

/** Starts `dist/apps/<app>/main.js`. Resolves when it is up, or has ended. */
export async function startProgram(app: string, options: ProgramOptions): Promise<Program> {
  const main = join(projectRoot(), 'dist', 'apps', app, 'main.js');
  const child = spawn(process.execPath, ['--enable-source-maps', main, ...(options.args ?? [])], {
    cwd: options.cwd ?? projectRoot(),
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const isUp = new Promise<void>((resolve) => {
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => {
        output += chunk.toString();
        if (options.ready.test(output)) resolve();
      });
  });
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null }));
  await Promise.race([isUp, ended]);
  const stop = async () => {
    await endProcess(child);
    return (await ended).code;
  };
  return { child, output: () => output, ended, stop };
}

/** Ends a process and waits for it: with SIGKILL when it takes too long. Does nothing when it has ended. */
export async function endProcess(child: ChildProcess, signal: NodeJS.Signals = 'SIGTERM', withinMs = STOP_MS) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill(signal);
  const patience = setTimeout(() => child.kill('SIGKILL'), withinMs);
  await ended;
  clearTimeout(patience);
}

/**
 * Builds an app before the tests of a file.
 *
 * @returns starts it; it is killed after the test
 */
export function useProgram(app: string): (options: ProgramOptions) => Promise<Program> {
  const running: ChildProcess[] = [];
  beforeAll(() => {
    const built = spawnSync(process.execPath, ['tools/build.mjs', app], { cwd: projectRoot(), encoding: 'utf8' });
    if (built.status !== 0) throw new Error(built.stdout + built.stderr);
  }, BUILD_MS);
  afterEach(async () => {
    for (const child of running.splice(0)) await endProcess(child, 'SIGKILL');
  }, STOP_MS);
  return async (options) => {
    const program = await startProgram(app, options);
    running.push(program.child);
    return program;
  };
}
