import { execFile } from 'node:child_process';
import { createReadStream, existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join, normalize } from 'node:path';
import { once } from 'node:events';
import { promisify } from 'node:util';
import { projectRoot } from '@latchkey/postgres';
import { running } from './latchkey.js';

const TYPES: Record<string, string> = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript' };

/**
 * The tests' own React app with `@clerk/react`, built with the settings of the Latchkey that runs and served on
 * localhost: another origin, and another site, than FAPI's.
 *
 * @param app the settings of another instance than the default one, known once the hooks before have run
 */
export function useReactApp(app?: () => Record<string, string>): { readonly url: string } {
  const files = useReactFiles();
  let server: Server;

  beforeAll(async () => {
    const answer = files(app && browserSettings(app()));
    server = createServer((request, response) => answer(request, response));
    server.listen(0, 'localhost');
    await once(server, 'listening');
  });

  afterAll(() => {
    server.close();
    server.closeAllConnections();
  });

  return {
    get url() {
      return `http://localhost:${(server.address() as AddressInfo).port}`;
    },
  };
}

/** Answers for the app; what stands in `shown` is on each of its pages, as its server would have written it there. */
export type Answer = (request: IncomingMessage, response: ServerResponse, shown?: string) => void;

/** The files of the app, for a server of the test's own; `settings` are those of its build, or others. */
export function useReactFiles(): (settings?: Record<string, string>) => Answer {
  let folder: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'latchkey-e2e-react-'));
    await build(folder);
  }, 60_000);

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  return (settings) => (request, response, shown) => serve(folder, settings, request, response, shown);
}

/** Vite gives the page whatever begins with VITE_: the secret key stays out of it. */
export function browserSettings(app: Record<string, string>): Record<string, string> {
  const settings = Object.entries(app).map(([name, value]) => [`VITE_${name}`, value]);
  return Object.fromEntries(settings.filter(([name]) => !name!.includes('SECRET'))) as Record<string, string>;
}

async function build(outDir: string): Promise<void> {
  const root = projectRoot();
  const env = browserSettings(running().app);
  const args = [join(root, 'node_modules/vite/bin/vite.js'), 'build', 'test/e2e/apps/react', '--outDir', outDir];
  const config = ['--config', 'test/e2e/apps/react/vite.config.mjs'];
  await promisify(execFile)(process.execPath, [...args, ...config], {
    cwd: root,
    env: { ...process.env, NODE_ENV: 'production', ...env },
  });
}

/** Files as they are; for every other path the page, which routes by itself. */
function serve(
  folder: string,
  settings: Record<string, string> | undefined,
  request: IncomingMessage,
  response: ServerResponse,
  shown = '',
): void {
  const path = normalize(new URL(request.url!, 'http://localhost').pathname);
  const asked = join(folder, path);
  const isFile = existsSync(asked) && statSync(asked).isFile();
  response.setHeader('content-type', TYPES[isFile ? extname(asked) : '.html'] ?? 'application/octet-stream');
  if (isFile) return void createReadStream(asked).pipe(response);
  const script = settings && `<script>window.latchkeySettings = ${JSON.stringify(settings)}</script>`;
  const page = readFileSync(join(folder, 'index.html'), 'utf8');
  response.end(page.replace('<head>', `<head>${script ?? ''}`).replace('<body>', `<body>${shown}`));
}
