import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';

/** The packages that the SDKs' script loader asks for. */
const PACKAGES = ['@clerk/clerk-js', '@clerk/ui'] as const;
type Package = (typeof PACKAGES)[number];

/** How a body is written on the wire. */
export type Encoding = 'br' | 'gzip' | 'identity';

/** A file of a package. */
export interface BundleFile {
  path: string;
  contentType: string;
  /** It was asked for by its exact version, so it never changes. */
  isImmutable: boolean;
}

/** A file's bytes as one encoding has them. */
export interface BundleBody {
  bytes: Buffer;
  etag: string;
}

interface Installed {
  version: string;
  /** Path of each file, by name. What is not in here does not exist, whatever the request spells. */
  files: Map<string, string>;
}

const compress: Record<Encoding, (bytes: Buffer) => Promise<Buffer>> = {
  // Level 5 costs as much as gzip and is a sixth smaller.
  br: (bytes) => promisify(brotliCompress)(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } }),
  gzip: promisify(gzip),
  identity: (bytes) => Promise.resolve(bytes),
};

/** The SDK's own scripts, as they are installed. Each is read and compressed when it is first asked for. */
@Injectable()
export class BundlesService {
  private readonly packages = new Map<Package, Installed>();
  private readonly bodies = new LRUCache<string, Promise<BundleBody>>({ max: 200 });

  /**
   * A file of a package.
   *
   * @param selector an exact version, the beginning of one (`6`), or the name of a release channel
   * @returns undefined when that version is not installed, or has no such file
   */
  find(name: string, selector: string, file: string): BundleFile | undefined {
    if (!isPackage(name)) return undefined;
    const { version, files } = this.installed(name);
    const path = files.get(file);
    if (!path || !selects(selector, version)) return undefined;
    return { path, contentType: contentTypeOf(file), isImmutable: selector === version };
  }

  /** The bytes of a file in an encoding. */
  body({ path }: BundleFile, encoding: Encoding): Promise<BundleBody> {
    const key = `${encoding} ${path}`;
    const known = this.bodies.get(key);
    if (known) return known;
    const reading = this.read(path, encoding);
    this.bodies.set(key, reading);
    reading.catch(() => this.bodies.delete(key));
    return reading;
  }

  /** The version of a package that is served. */
  version(name: Package): string {
    return this.installed(name).version;
  }

  private async read(path: string, encoding: Encoding): Promise<BundleBody> {
    const bytes = await compress[encoding](await readFile(path));
    return { bytes, etag: `"${createHash('sha1').update(bytes).digest('base64url')}"` };
  }

  private installed(name: Package): Installed {
    let found = this.packages.get(name);
    if (!found) this.packages.set(name, (found = look(name)));
    return found;
  }
}

/** Looks a package up where Node would. */
function look(name: Package): Installed {
  const require = createRequire(import.meta.url);
  const folder = dirname(require.resolve(name));
  const { version } = JSON.parse(readFileSync(join(folder, '../package.json'), 'utf8')) as { version: string };
  const files = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isFile());
  return { version, files: new Map(files.map((entry) => [entry.name, join(folder, entry.name)])) };
}

const isPackage = (name: string): name is Package => (PACKAGES as readonly string[]).includes(name);

/** Pre-releases of SDKs ask for their channel (`canary`): what is installed is the best answer to it. */
const selects = (selector: string, version: string) =>
  selector === version || version.startsWith(`${selector}.`) || /^[a-z]+$/.test(selector);

function contentTypeOf(file: string): string {
  if (/\.m?js$/.test(file)) return 'application/javascript; charset=utf-8';
  return file.endsWith('.map') ? 'application/json' : 'text/plain; charset=utf-8';
}
