import { randomBytesOf } from './random.js';

describe('randomBytesOf', () => {
  it.each([0, 1, 12, 16, 4096, 5000])('gives %i bytes', (length) => {
    expect(randomBytesOf(length)).toHaveLength(length);
  });

  it('never gives the same bytes twice, and leaves those it gave alone', () => {
    const given = Array.from({ length: 2000 }, () => randomBytesOf(15));
    const texts = given.map((bytes) => bytes.toString('hex'));
    for (let i = 0; i < 1000; i++) randomBytesOf(15);
    expect(new Set(texts).size).toBe(given.length);
    expect(given.map((bytes) => bytes.toString('hex'))).toEqual(texts);
  });

  it('gives no run of zeros where the pool is filled anew', () => {
    for (let i = 0; i < 3000; i++) expect(randomBytesOf(17).equals(Buffer.alloc(17))).toBe(false);
  });
});
