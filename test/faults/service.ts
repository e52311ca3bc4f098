import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '@latchkey/postgres';
import { endProcess } from '../../libs/testing/src/programs.js';
import { eventually, Hopeless } from './eventually.js';

export type Program = 'gateway' | 'identity' | 'organizations' | 'billing' | 'webhooks';

/** One service as a process of its own, which can be killed and started again. */
export class Service {
  private child: ChildProcess | undefined;
  private mayEnd = false;

  constructor(
    readonly name: Program,
    private readonly env: Record<string, string>,
    private readonly readyUrl: string,
    private readonly log: string,
  ) {}

  start(): void {
    this.mayEnd = false;
    const main = join(projectRoot(), 'dist', 'apps', this.name, 'main.js');
    const out = openSync(this.log, 'a');
    this.child = spawn(process.execPath, ['--enable-source-maps', main], {
      cwd: projectRoot(),
      env: { ...process.env, ...this.env },
      stdio: ['ignore', out, out],
    });
    closeSync(out);
  }

  /** Resolves once it says that it takes requests. */
  async untilReady(): Promise<void> {
    await eventually(`${this.name} is ready`, async () => {
      if (!this.isRunning) return true;
      const answer = await fetch(this.readyUrl, { signal: AbortSignal.timeout(2_000) });
      return answer.ok;
    });
    if (!this.isRunning) throw new Error(`${this.name} has ended:\n${this.lastWords()}`);
  }

  get pid(): number {
    return this.child!.pid!;
  }

  /** With which it has ended; null while it runs, or when a signal has ended it. */
  get exitCode(): number | null {
    return this.child?.exitCode ?? null;
  }

  get isRunning(): boolean {
    return this.child !== undefined && this.child.exitCode === null && this.child.signalCode === null;
  }

  /** Says that the test is about its end. */
  expectEnd(): void {
    this.mayEnd = true;
  }

  /** @throws Hopeless when it has ended and nobody has ended it */
  check(): void {
    if (this.mayEnd || this.isRunning) return;
    throw new Hopeless(`${this.name} has ended with ${this.exitCode}:\n${this.lastWords()}`);
  }

  /** `kill -9`. */
  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  /** Takes the processor away from it. */
  pause(): void {
    this.child?.kill('SIGSTOP');
  }

  resume(): void {
    this.child?.kill('SIGCONT');
  }

  async stop(): Promise<void> {
    await this.end('SIGTERM');
  }

  async restart(): Promise<void> {
    this.start();
    await this.untilReady();
  }

  lastWords(): string {
    return readFileSync(this.log, 'utf8').slice(-3_000);
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    this.mayEnd = true;
    if (this.child) await endProcess(this.child, signal, 10_000);
  }
}
