import { existsSync, globSync, readFileSync } from 'node:fs';
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

/** A file of the project's neighbour with the facts of the wire; undefined, and said so, where it is not there. */
export function fact<T>(name: string): T | undefined {
  const file = join(process.env.LATCHKEY_COMPAT ?? join(projectRoot(), '..', 'shared', 'compat'), name);
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as T;
  console.warn(`${name} is not here (../shared/compat, or the folder that LATCHKEY_COMPAT names): not checked.`);
  return undefined;
}
