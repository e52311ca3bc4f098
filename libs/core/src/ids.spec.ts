import ksuid from 'ksuid';
import { newId } from './ids.js';

const idOf = (id: string) => ksuid.parse(id.slice(id.indexOf('_') + 1));

describe('newId', () => {
  it('gives a KSUID behind the prefix, which carries the moment', () => {
    const at = new Date('2026-01-02T03:04:05Z');

    const id = newId('user', at);

    expect(id).toMatch(/^user_[0-9A-Za-z]{27}$/);
    expect(idOf(id).date).toEqual(at);
    expect(ksuid.fromParts(at.getTime(), idOf(id).payload).string).toBe(id.slice(5));
  });

  it('never gives the same twice, and sorts by the second', () => {
    const ids = Array.from({ length: 2_000 }, () => newId('event'));

    expect(new Set(ids).size).toBe(ids.length);
    expect(newId('event', new Date(1_700_000_000_000)) < newId('event', new Date(1_700_000_001_000))).toBe(true);
  });
});
