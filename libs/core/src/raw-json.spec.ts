import { RawJson, stringify } from './raw-json.js';

describe('stringify', () => {
  it('writes kept texts as they are', () => {
    const raw = new RawJson('[{"a":"$& \\" é"},null]');

    const text = stringify({ first: raw, list: [1, raw], last: 'x' });

    expect(text).toBe('{"first":[{"a":"$& \\" é"},null],"list":[1,[{"a":"$& \\" é"},null]],"last":"x"}');
  });

  it('writes everything else as JSON.stringify does', () => {
    const value = { date: new Date(0), gone: undefined, none: null, n: 1.5, text: '"\n' };

    expect(stringify(value)).toBe(JSON.stringify(value));
  });

  it('lets JSON.stringify write the value that the text says', () => {
    expect(JSON.stringify({ raw: new RawJson('{ "a": 1 }') })).toBe('{"raw":{"a":1}}');
  });

  it('goes on after a value that cannot be written', () => {
    const circular: Record<string, unknown> = {};
    circular.self = circular;

    expect(() => stringify(circular)).toThrow(TypeError);
    expect(JSON.stringify(new RawJson('[1]'))).toBe('[1]');
  });
});
