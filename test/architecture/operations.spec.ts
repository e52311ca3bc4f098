import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { operations, type Api, type Operation } from '@latchkey/contracts';

const ROOT = join(__dirname, '..', '..');
const TOKENS =
  /@(Fapi|Bapi|Internal|Svix)Controller\((?:'([^']*)')?|@(Get|Post|Put|Patch|Delete)\((?:'([^']*)')?|@Operation\('(\w+)'\)/g;

/** A handler as its decorators declare it. */
interface Declared {
  api: Api;
  id: string;
  method: string;
  path: string;
  file: string;
}

const read = (pattern: string) =>
  globSync(pattern, { cwd: ROOT }).map((file) => ({ file, text: readFileSync(join(ROOT, file), 'utf8') }));

const declared = read('apps/*/src/**/*.controller.ts').flatMap(({ file, text }) => {
  let api: Api | undefined;
  let base = '';
  let method = '';
  let path = '';
  const found: Declared[] = [];
  for (const [, controller, controllerPath, verb, verbPath, id] of text.matchAll(TOKENS)) {
    if (controller) {
      api = controller === 'Fapi' ? 'fapi' : controller === 'Bapi' ? 'bapi' : undefined;
      base = controllerPath ?? '';
    } else if (verb) {
      method = verb.toUpperCase();
      path = `${base}/${verbPath ?? ''}`.replace(/\/{2,}/g, '/').replace(/(.)\/$/, '$1');
    } else if (api && id) found.push({ api, id, method, path, file });
  }
  return found;
});

const parameters = (path: string) => path.replace(/:\w+/g, ':');

describe('the handlers', () => {
  it('are found', () => {
    expect(declared.length).toBeGreaterThan(200);
  });

  it('declare each operation once, with the method and path of the contract', () => {
    const wrong = declared.flatMap(({ api, id, method, path, file }) => {
      const wanted = (operations[api] as Record<string, Operation | undefined>)[id];
      if (!wanted) return [`${file}: ${id} is no operation of ${api}`];
      const isSame = wanted.method === method && parameters(wanted.path) === parameters(path);
      return isSame ? [] : [`${file}: ${id} is ${wanted.method} ${wanted.path}, not ${method} ${path}`];
    });
    const names = declared.map(({ api, id }) => `${api} ${id}`);

    expect(wrong).toEqual([]);
    expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
  });

  it('have an integration test that names their operation', () => {
    const specs = read('apps/**/*.int.spec.ts')
      .map(({ text }) => text)
      .join('\n');

    expect(
      declared.filter(({ id }) => !new RegExp(`\\b${id}\\b`).test(specs)).map(({ api, id }) => `${api} ${id}`),
    ).toEqual([]);
  });

  it('take bodies and queries through a schema only', () => {
    const open = read('apps/{identity,organizations,billing}/src/**/*.controller.ts').flatMap(({ file, text }) =>
      [...text.matchAll(/@(Body|Query)\((?!\{ schema)/g)].map(() => file),
    );

    expect(open).toEqual([]);
  });
});
