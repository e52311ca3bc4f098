import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Injectable } from '@nestjs/common';

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  // The component library writes its variables into the page.
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** A file of the portal, ready to be sent. */
export interface PortalFile {
  content: Buffer;
  headers: Record<string, string>;
}

/** The portal's pages as `npm run build` has made them. They are few and small: all are kept in memory. */
@Injectable()
export class PortalPages {
  private files: Map<string, PortalFile> | undefined;

  /** The page itself, or the file of this name beside it; undefined when there is none. */
  find(name: string): PortalFile | undefined {
    this.files ??= read();
    return this.files.get(name);
  }
}

function read(): Map<string, PortalFile> {
  const folder = findFolder();
  const files = new Map<string, PortalFile>();
  if (!folder) return files;
  const page = readFileSync(join(folder, 'index.html'));
  files.set('login', {
    content: page,
    headers: {
      'content-type': TYPES['.html']!,
      'cache-control': 'no-cache',
      'content-security-policy': POLICY,
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      etag: `"${createHash('sha1').update(page).digest('base64url')}"`,
    },
  });
  for (const name of readdirSync(join(folder, 'assets'))) {
    const type = TYPES[extname(name)];
    if (!type) continue;
    files.set(`assets/${name}`, {
      content: readFileSync(join(folder, 'assets', name)),
      // Its name carries a hash of its content.
      headers: {
        'content-type': type,
        'cache-control': 'public, max-age=31536000, immutable',
        'x-content-type-options': 'nosniff',
      },
    });
  }
  return files;
}

/** `dist/webhooks-portal`, from this file upwards: it is bundled into `dist/apps/<app>/main.js`. */
function findFolder(): string | undefined {
  for (let at = dirname(fileURLToPath(import.meta.url)); ; at = dirname(at)) {
    const folder = join(at, 'dist', 'webhooks-portal');
    if (existsSync(join(folder, 'index.html'))) return folder;
    if (dirname(at) === at) return undefined;
  }
}
