/** @needs compat */
import { operations, type Operation } from '@latchkey/contracts';
import { contractErrorCodes } from '@latchkey/core';
import { fact } from './controllers.js';

describe('the facts of the wire', () => {
  it('have every error code that errors may have', () => {
    const words = new Set(JSON.stringify(fact('error-codes.json')).match(/[a-z][a-z0-9_]+/g));

    expect(words.size).toBeGreaterThan(contractErrorCodes.length);
    expect(contractErrorCodes.filter((code) => !words.has(code))).toEqual([]);
  });

  it('have every published operation with the method that the table has', () => {
    const table = operations as Record<'fapi' | 'bapi', Record<string, Operation>>;
    const owners = fact<Record<'fapi' | 'bapi', Record<string, { method: string }>>>('operation-owners.json');
    for (const api of ['fapi', 'bapi'] as const) {
      const published = Object.entries(owners[api]).map(([id, { method }]) => `${id} ${method}`);

      expect(published.length).toBeGreaterThan(100);
      expect(published.map((one) => one.split(' ')[0]!).map((id) => `${id} ${table[api][id]?.method}`)).toEqual(
        published,
      );
    }
  });
});
