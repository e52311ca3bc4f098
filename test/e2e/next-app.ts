import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { freePort, projectRoot } from '@latchkey/postgres';
import { endProcess } from '../../libs/testing/src/programs.js';
import { running } from './latchkey.js';

const BUILD_MS = 240_000;
const START_MS = 30_000;

/** The tests' own Next.js app, built with the settings of the Latchkey that runs and started as in production. */
export function useNextApp(): { readonly url: string } {
  let server: ChildProcess;
  let url: string;

  beforeAll(async () => {
    await build();
    const port = await freePort();
    url = `http://localhost:${port}`;
    server = next(['start', '--hostname', 'localhost', '--port', String(port)]);
    await answers(url, server);
  }, BUILD_MS + START_MS);

  afterAll(() => endProcess(server));

  return {
    get url() {
      return url;
    },
  };
}

async function build(): Promise<void> {
  const child = next(['build']);
  const output: Buffer[] = [];
  for (const stream of [child.stdout!, child.stderr!]) stream.on('data', (chunk: Buffer) => output.push(chunk));
  const timer = setTimeout(() => child.kill('SIGKILL'), BUILD_MS);
  const [code] = (await once(child, 'close')) as [number | null];
  clearTimeout(timer);
  if (code !== 0) throw new Error(`next build failed:\n${Buffer.concat(output).toString()}`);
}

/** Next.js's own command on the app, in an environment that has what `app.env` says and nothing else of Latchkey. */
function next([command, ...args]: string[]): ChildProcess {
  const root = projectRoot();
  const { app } = running();
  const publicNames = Object.fromEntries(
    Object.entries(app)
      .filter(([name]) => name.startsWith('CLERK_') && name !== 'CLERK_SECRET_KEY' && name !== 'CLERK_API_URL')
      .map(([name, value]) => [`NEXT_PUBLIC_${name}`, value]),
  );
  const env = {
    ...process.env,
    ...app,
    ...publicNames,
    NEXT_PUBLIC_CLERK_SIGN_IN_URL: '/sign-in',
    NEXT_TELEMETRY_DISABLED: '1',
    NODE_ENV: 'production' as const,
  };
  return spawn(
    process.execPath,
    [join(root, 'node_modules/next/dist/bin/next'), command!, 'test/e2e/apps/next', ...args],
    {
      cwd: root,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    },
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
