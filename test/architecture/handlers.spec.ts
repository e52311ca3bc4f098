import { operations, type Operation } from '@latchkey/contracts';
import { handlers } from './controllers.js';

const table = operations as Record<'fapi' | 'bapi', Record<string, Operation>>;

describe('public handlers', () => {
  it('name their operation, each in the service that owns it', () => {
    const all = handlers();
    expect(all.length).toBeGreaterThan(50);
    const strange = all.filter(({ api, operation, file }) => table[api][operation ?? '']?.owner !== file.split('/')[1]);
    expect(strange.map(({ file, method, path }) => `${file}: ${method} ${path}`)).toEqual([]);
  });
});
