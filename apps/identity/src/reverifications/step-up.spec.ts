import { afterFirst, effectiveLevel, firstStep, isFresh } from './step-up.js';

const NOW = 100_000_000;
const ago = (minutes: number) => NOW - minutes * 60_000;

describe('effectiveLevel', () => {
  it.each(['first_factor', 'second_factor', 'multi_factor'] as const)(
    'asks no second factor of whoever has none: %s',
    (level) => {
      expect(effectiveLevel(level, false)).toBe('first_factor');
      expect(effectiveLevel(level, true)).toBe(level);
    },
  );
});

describe('the steps', () => {
  it('are one for one factor and two for both', () => {
    expect([firstStep('first_factor'), afterFirst('first_factor')]).toEqual(['needs_first_factor', 'complete']);
    expect(firstStep('second_factor')).toBe('needs_second_factor');
    expect([firstStep('multi_factor'), afterFirst('multi_factor')]).toEqual([
      'needs_first_factor',
      'needs_second_factor',
    ]);
  });
});

describe('isFresh', () => {
  it.each([
    [ago(9), null, true],
    [ago(10), null, false],
    [ago(9), ago(11), false],
    [ago(11), ago(9), true],
    [null, null, false],
  ])('judges a first factor at %p and a second at %p: %p', (firstFactorAt, secondFactorAt, verdict) => {
    expect(isFresh({ firstFactorAt, secondFactorAt }, 10, NOW)).toBe(verdict);
  });
});
