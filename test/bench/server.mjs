import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseEnv } from 'node:util';
import { freePort, projectRoot } from '@latchkey/postgres';

/** A standalone Latchkey for the bench (with BENCH_NODE_FLAGS, such as `--cpu-prof`), in a process and a data folder of its own. */
export class Server {
  /** @param {string} [dataDir] of an earlier server, to start on its data again */
  static async start(dataDir = mkdtempSync(join(tmpdir(), 'latchkey-bench-'))) {
    const began = performance.now();
    const child = spawn(
      process.execPath,
      [
        ...(process.env.BENCH_NODE_FLAGS?.split(' ') ?? []),
        '--enable-source-maps',
        join(projectRoot(), 'dist', 'apps', 'standalone', 'main.js'),
      ],
      {
        env: {
          ...process.env,
          LATCHKEY_DATA_DIR: dataDir,
          LATCHKEY_FAPI_PORT: String(await freePort()),
          LATCHKEY_BAPI_PORT: String(await freePort()),
          GATEWAY_RATE_LIMITS: 'off',
          LOG_LEVEL: 'error',
        },
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    for await (const line of createInterface({ input: child.stdout })) if (/^ready\b/.test(line)) break;
    child.stdout.resume();
    const seconds = (performance.now() - began) / 1000;
    if (child.exitCode !== null) throw new Error('the server ended before it was ready');
    return new Server(child, dataDir, seconds);
  }

  /**
   * @param {import('node:child_process').ChildProcess} child
   * @param {string} dataDir
   * @param {number} startSeconds
   */
  constructor(child, dataDir, startSeconds) {
    this.child = child;
    this.dataDir = dataDir;
    this.startSeconds = startSeconds;
    /** @type {Record<string, string>} */
    this.app = /** @type {any} */ (parseEnv(readFileSync(join(dataDir, 'app.env'), 'utf8')));
  }

  /** Resident memory of the process, in MB. Postgres is not counted: it is a server of its own. */
  memoryMb() {
    const status = readFileSync(`/proc/${this.child.pid}/status`, 'utf8');
    return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024;
  }

  async stop() {
    const ended = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    await ended;
  }

  /** Forgets the data. */
  remove() {
    rmSync(this.dataDir, { recursive: true, force: true });
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {object} [body]
   */
  async bapi(method, path, body) {
    const response = await fetch(`${this.app.CLERK_API_URL}${path}`, {
      method,
      headers: { authorization: `Bearer ${this.app.CLERK_SECRET_KEY}`, 'content-type': 'application/json' },
      body: body && JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return /** @type {any} */ (await response.json());
  }

  /** A browser in which somebody has just signed up. */
  async signUp() {
    const fapi = this.app.CLERK_PROXY_URL;
    const devBrowser = /** @type {any} */ (await (await fetch(`${fapi}/v1/dev_browser`, { method: 'POST' })).json()).id;
    const query = `?__clerk_api_version=2026-05-12&__clerk_db_jwt=${devBrowser}`;
    const post = async (/** @type {string} */ path, /** @type {Record<string, string>} */ fields) =>
      /** @type {any} */ (
        await (await fetch(`${fapi}${path}${query}`, { method: 'POST', body: new URLSearchParams(fields) })).json()
      ).response;
    const email = `${crypto.randomUUID()}+clerk_test@example.com`;
    const { id } = await post('/v1/client/sign_ups', { email_address: email, password: PASSWORD });
    await post(`/v1/client/sign_ups/${id}/prepare_verification`, { strategy: 'email_code' });
    const done = await post(`/v1/client/sign_ups/${id}/attempt_verification`, {
      strategy: 'email_code',
      code: '424242',
    });
    return { email, query, userId: String(done.created_user_id), sessionId: String(done.created_session_id) };
  }
}

/** Breaks no rule of the default settings. */
export const PASSWORD = 'a long enough pass phrase 73';
