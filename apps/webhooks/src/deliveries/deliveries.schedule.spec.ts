import { healthAfter, MAX_ATTEMPTS, retryDelayMs } from './deliveries.schedule.js';

const HOUR = 3_600_000;
const at = (hours: number) => new Date(hours * HOUR);

describe('retryDelayMs', () => {
  it('follows the documented schedule and ends after eight attempts', () => {
    const delays = Array.from({ length: MAX_ATTEMPTS }, (_, index) => retryDelayMs(index + 1, 0.5));

    expect(delays).toEqual([5_000, 300_000, 1_800_000, 2 * HOUR, 5 * HOUR, 10 * HOUR, 10 * HOUR, null]);
  });

  it('spreads a wait by a tenth to either side', () => {
    expect([retryDelayMs(1, 0), retryDelayMs(1, 1)]).toEqual([4_500, 5_500]);
  });
});

describe('healthAfter', () => {
  const well = { firstFailureAt: null, failingSince: null };

  it('counts failures only when they lie twelve hours apart within a day', () => {
    expect(healthAfter(well, false, at(0))).toEqual({ kind: 'set', firstFailureAt: at(0), failingSince: null });
    const first = { firstFailureAt: at(0), failingSince: null };

    expect(healthAfter(first, false, at(11))).toEqual({ kind: 'none' });
    expect(healthAfter(first, false, at(12))).toEqual({ kind: 'set', firstFailureAt: at(0), failingSince: at(12) });
    expect(healthAfter(first, false, at(25))).toEqual({ kind: 'set', firstFailureAt: at(25), failingSince: null });
  });

  it('disables after five days of nothing but failures', () => {
    const failing = { firstFailureAt: at(0), failingSince: at(12) };

    expect(healthAfter(failing, false, at(12 + 119))).toEqual({ kind: 'none' });
    expect(healthAfter(failing, false, at(12 + 120))).toEqual({ kind: 'disable', failingSince: at(12) });
  });

  it('forgets all failures at a success', () => {
    const failing = { firstFailureAt: at(0), failingSince: at(12) };

    expect(healthAfter(failing, true, at(13))).toEqual({ kind: 'set', ...well });
    expect(healthAfter(well, true, at(13))).toEqual({ kind: 'none' });
  });
});
