import { execFile } from 'node:child_process';
import { createReadStream, existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
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
 */
export function useReactApp(): { readonly url: string } {
  let server: Server;
  let folder: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'latchkey-e2e-react-'));
    await build(folder);
    server = serve(folder);
    server.listen(0, 'localhost');
    await once(server, 'listening');
  }, 60_000);

  afterAll(() => {
    server.close();
    server.closeAllConnections();
    rmSync(folder, { recursive: true, force: true });
  });

  return {
    get url() {
      return `http://localhost:${(server.address() as AddressInfo).port}`;
    },
  };
}

async function build(outDir: string): Promise<void> {
  const root = projectRoot();
  const settings = Object.entries(running().app).map(([name, value]) => [`VITE_${name}`, value]);
  // Vite gives the page whatever begins with VITE_: the secret key stays out of it.
  const env = Object.fromEntries(settings.filter(([name]) => !name!.includes('SECRET'))) as Record<string, string>;
  const args = [join(root, 'node_modules/vite/bin/vite.js'), 'build', 'test/e2e/apps/react', '--outDir', outDir];
  const config = ['--config', 'test/e2e/apps/react/vite.config.mjs'];
  await promisify(execFile)(process.execPath, [...args, ...config], {
    cwd: root,
    env: { ...process.env, NODE_ENV: 'production', ...env },
  });
}

/** Files as they are; for every other path the page, which routes by itself. */
function serve(folder: string): Server {
  return createServer((request, response) => {
    const path = normalize(new URL(request.url!, 'http://localhost').pathname);
    const asked = join(folder, path);
    const file = existsSync(asked) && statSync(asked).isFile() ? asked : join(folder, 'index.html');
    response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream' });
    createReadStream(file).pipe(response);
  });
}
