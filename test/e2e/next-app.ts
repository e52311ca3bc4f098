import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { freePort, projectRoot } from '@latchkey/postgres';
import { endProcess } from '../../libs/testing/src/programs.js';
import { running } from './latchkey.js';

const BUILD_MS = 240_000;
const START_MS = 30_000;

/**
 * The tests' own Next.js app, built with the settings of the Latchkey that runs and started as in production.
 *
 * @param app the settings of another instance than the default one, known once the hooks before have run
 * @param signInUrl where it sends whoever is not signed in, unless to a page of its own
 */
export function useNextApp(app = () => running().app, signInUrl = '/sign-in'): { readonly url: string } {
  let server: ChildProcess;
  let url: string;

  beforeAll(async () => {
    const env = environment(app(), signInUrl);
    await build(env);
    const port = await freePort();
    url = `http://localhost:${port}`;
    server = next(['start', '--hostname', 'localhost', '--port', String(port)], env);
    await answers(url, server);
  }, BUILD_MS + START_MS);

  afterAll(() => endProcess(server));

  return {
    get url() {
      return url;
    },
  };
}

async function build(env: NodeJS.ProcessEnv): Promise<void> {
  const child = next(['build'], env);
  const output: Buffer[] = [];
  for (const stream of [child.stdout!, child.stderr!]) stream.on('data', (chunk: Buffer) => output.push(chunk));
  const timer = setTimeout(() => child.kill('SIGKILL'), BUILD_MS);
  const [code] = (await once(child, 'close')) as [number | null];
  clearTimeout(timer);
  if (code !== 0) throw new Error(`next build failed:\n${Buffer.concat(output).toString()}`);
}

/** What `app.env` says, also under the names that Next.js gives to the browser, and nothing else of Latchkey. */
function environment(app: Record<string, string>, signInUrl: string): NodeJS.ProcessEnv {
  const publicNames = Object.fromEntries(
    Object.entries(app)
      .filter(([name]) => name.startsWith('CLERK_') && name !== 'CLERK_SECRET_KEY' && name !== 'CLERK_API_URL')
      .map(([name, value]) => [`NEXT_PUBLIC_${name}`, value]),
  );
  return {
    ...process.env,
    ...app,
    ...publicNames,
    NEXT_PUBLIC_CLERK_SIGN_IN_URL: signInUrl,
    NEXT_TELEMETRY_DISABLED: '1',
    NODE_ENV: 'production',
  };
}

/** Next.js's own command on the app. */
function next([command, ...args]: string[], env: NodeJS.ProcessEnv): ChildProcess {
  const root = projectRoot();
  return spawn(
    process.execPath,
    [join(root, 'node_modules/next/dist/bin/next'), command!, 'test/e2e/apps/next', ...args],
    { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] },
  );
}

/** Waits until the server answers. */
async function answers(url: string, server: ChildProcess): Promise<void> {
  const output: Buffer[] = [];
  for (const stream of [server.stdout!, server.stderr!]) stream.on('data', (chunk: Buffer) => output.push(chunk));
  for (const deadline = Date.now() + START_MS; Date.now() < deadline;) {
    if (server.exitCode !== null) break;
    if (Buffer.concat(output).includes('Ready in')) return;
    await Promise.race([once(server.stdout!, 'data'), once(server, 'exit')]);
  }
  throw new Error(`next start at ${url} failed:\n${Buffer.concat(output).toString()}`);
}
