import { operations, type Operation } from '@latchkey/contracts';
import { fact, handlers } from './controllers.js';

const all = handlers();
const named = all.filter(({ operation }) => operation !== undefined);
const table = operations as Record<'fapi' | 'bapi', Record<string, Operation>>;

describe('operations', () => {
  it('are found in the controllers', () => {
    expect(all.length).toBeGreaterThan(50);
  });

  it('are named by every public handler', () => {
    expect(
      all.filter(({ operation }) => !operation).map(({ file, method, path }) => `${file}: ${method} ${path}`),
    ).toEqual([]);
  });

  it('are declared once', () => {
    const keys = named.map(({ api, operation }) => `${api} ${operation}`);
    expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([]);
  });

  it("have the contract's method and path", () => {
    const declared = named.map(({ api, operation, method, path }) => `${api} ${operation}: ${method} ${path}`);
    const wanted = named.map(({ api, operation }) => {
      const { method, path } = table[api][operation!] ?? {};
      return `${api} ${operation}: ${method} ${path}`;
    });
    expect(declared).toEqual(wanted);
  });

  it('belong to the service that declares them', () => {
    const strange = named.filter(({ api, operation, file }) => table[api][operation!]?.owner !== file.split('/')[1]);
    expect(strange.map(({ operation, file }) => `${operation} in ${file}`)).toEqual([]);
  });

  it('stand in the table as the published owners have them', () => {
    const owners = fact<Record<'fapi' | 'bapi', Record<string, { method: string }>>>('operation-owners.json');
    for (const api of ['fapi', 'bapi'] as const) {
      for (const [id, { method }] of Object.entries(owners?.[api] ?? {})) {
        expect(`${id} ${table[api][id]?.method}`).toBe(`${id} ${method}`);
      }
    }
  });
});
