/** Module hooks behind `typescript.mjs`: where `@latchkey/*` lies, `./x.js` meaning `./x.ts`, and TypeScript turned into JavaScript. */
import { existsSync, readFileSync } from 'node:fs';
import * as module from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { ROOT } from './project.mjs';

const LIBRARY = '@latchkey/';
const require = module.createRequire(import.meta.url);

/** @type {import('node:module').ResolveHookSync} */
export function resolve(specifier, context, next) {
  if (specifier.startsWith(LIBRARY)) {
    const entry = join(ROOT, 'libs', specifier.slice(LIBRARY.length), 'src', 'index.ts');
    return { url: pathToFileURL(entry).href, format: 'module', shortCircuit: true };
  }
  if (specifier.startsWith('.') && specifier.endsWith('.js') && /\.(ts|mjs)$/.test(context.parentURL ?? '')) {
    const source = new URL(specifier.replace(/\.js$/, '.ts'), context.parentURL);
    if (existsSync(source) && !existsSync(new URL(specifier, context.parentURL)))
      return { url: source.href, format: 'module', shortCircuit: true };
  }
  return next(specifier, context);
}

/** @type {import('node:module').LoadHookSync} */
export function load(url, context, next) {
  if (!url.startsWith('file:') || !url.endsWith('.ts')) return next(url, context);
  return { format: 'module', source: toJavaScript(fileURLToPath(url)), shortCircuit: true };
}

/**
 * SWC where the development packages are installed. An image without them has a Node that does it by itself, all but decorators,
 * which no library that a tool imports there uses.
 * @param {string} filename
 */
function toJavaScript(filename) {
  const source = readFileSync(filename, 'utf8');
  const swc = loadSwc();
  if (!swc) return module.stripTypeScriptTypes(source, { mode: 'transform' });
  const options = { filename, configFile: join(ROOT, '.swcrc'), module: { type: 'es6' }, sourceMaps: 'inline' };
  return swc.transformSync(source, options).code;
}

/** @type {import('@swc/core') | null | undefined} */
let swcModule;
function loadSwc() {
  if (swcModule !== undefined) return swcModule;
  try {
    return (swcModule = require('@swc/core'));
  } catch {
    return (swcModule = null);
  }
}
