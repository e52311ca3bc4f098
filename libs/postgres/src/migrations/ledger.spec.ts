import { compare, type LedgerRow } from './ledger.js';
import type { MigrationFile } from './migration-folder.js';

const file = (name: string, checksum = `sum-${name}`): MigrationFile => ({ name, checksum, sql: '' });
const row = (name: string, state: LedgerRow['state'] = 'applied', checksum = `sum-${name}`): LedgerRow => ({
  name,
  checksum,
  state,
});
const nothing = { pending: [], unknown: [], edited: [], unfinished: [] };

describe('compare', () => {
  it('finds nothing to do when every migration is applied as it is', () => {
    expect(compare([file('1'), file('2')], [row('1'), row('2')])).toEqual(nothing);
  });

  it('calls pending what is not applied, in order', () => {
    expect(compare([file('1'), file('2'), file('3')], [row('1')])).toEqual({ ...nothing, pending: ['2', '3'] });
  });

  it('calls unknown what only the database has', () => {
    expect(compare([file('1')], [row('1'), row('2')])).toEqual({ ...nothing, unknown: ['2'] });
  });

  it('calls edited what was applied with other content', () => {
    expect(compare([file('1', 'other')], [row('1')])).toEqual({ ...nothing, edited: ['1'] });
  });

  it('keeps a failed attempt pending and reports it', () => {
    expect(compare([file('1')], [row('1', 'unfinished')])).toEqual({ ...nothing, pending: ['1'], unfinished: ['1'] });
  });

  it('forgets attempts that were rolled back, and those that a later attempt made good', () => {
    expect(compare([file('1')], [row('1', 'rolled-back')])).toEqual({ ...nothing, pending: ['1'] });
    expect(compare([file('1')], [row('1', 'unfinished'), row('1')])).toEqual(nothing);
  });
});
