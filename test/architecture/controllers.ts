import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '@latchkey/postgres';

/** A handler of a public operation, as its controller's source declares it. */
export interface Handler {
  file: string;
  api: 'fapi' | 'bapi';
  method: string;
  path: string;
  /** Undefined when it declares none. */
  operation: string | undefined;
  /** Its decorators, parameters and body. */
  source: string;
}

const HANDLER = /@(Get|Post|Put|Patch|Delete)\((?:'([^']*)')?\)/g;

export const sources = (pattern: string): { file: string; text: string }[] =>
  globSync(pattern, { cwd: projectRoot(), exclude: (name) => name === 'node_modules' || name === 'generated' }).map(
    (file) => ({ file, text: readFileSync(join(projectRoot(), file), 'utf8') }),
  );

/** Every handler behind `@FapiController` and `@BapiController`; the gateway's own routes are declared elsewhere. */
export function handlers(): Handler[] {
  return sources('apps/*/src/**/*.controller.ts').flatMap(({ file, text }) => {
    const classes = text.split(/(?=@(?:Fapi|Bapi|Internal|Svix)?Controller\()/);
    return classes.flatMap((part) => {
      const [, api, base] = /^@(Fapi|Bapi)Controller\('([^']*)'\)/.exec(part) ?? [];
      if (!api) return [];
      const starts = [...part.matchAll(HANDLER)];
      return starts.map((match, index) => {
        const source = part.slice(match.index, starts[index + 1]?.index);
        return {
          file,
          api: api.toLowerCase() as Handler['api'],
          method: match[1]!.toUpperCase(),
          path: `${base}/${match[2] ?? ''}`.replace(/\/+/g, '/').replace(/(.)\/$/, '$1'),
          operation: /@Operation\('([^']+)'\)/.exec(source)?.[1],
          source,
        };
      });
    });
  });
}

/** A file of the project's neighbour with the facts of the wire. Who reads one says `@needs compat`. */
export function fact<T>(name: string): T {
  const folder = process.env.LATCHKEY_COMPAT ?? join(projectRoot(), '..', 'shared', 'compat');
  return JSON.parse(readFileSync(join(folder, name), 'utf8')) as T;
}
