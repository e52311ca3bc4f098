const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** The waits after the first failure, the second, and so on: `compat/behaviours-webhooks.md` section 3. */
const WAITS_MS = [5_000, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 10 * HOUR];

/** How often a message is tried in all. */
export const MAX_ATTEMPTS = WAITS_MS.length + 1;

/** Share of a wait by which it may be longer or shorter, so that what failed together does not come back together. */
const JITTER = 0.1;

/**
 * How long to wait after a failed attempt, in milliseconds; null after the last one.
 *
 * @param failures how many attempts have failed so far, at least 1
 * @param random from 0 to 1
 */
export function retryDelayMs(failures: number, random: number = Math.random()): number | null {
  const wait = WAITS_MS[failures - 1];
  return wait === undefined ? null : Math.round(wait * (1 - JITTER + 2 * JITTER * random));
}

/** After how many failures of a message the subscribers of operational webhooks hear that it is failing. */
export const FAILING_AFTER = 4;

/** The part of an endpoint's row that tells how long it has been failing. */
export interface Health {
  firstFailureAt: Date | null;
  failingSince: Date | null;
}

/** What an attempt's outcome changes in an endpoint's health. */
export type HealthChange = { kind: 'none' } | ({ kind: 'set' } & Health) | { kind: 'disable'; failingSince: Date };

const WINDOW_MS = 24 * HOUR;
const SPAN_MS = 12 * HOUR;
const DISABLE_AFTER_MS = 5 * 24 * HOUR;

/**
 * The rule of the automatic disabling. A clock starts when failures lie at least 12 hours apart within 24, with no success
 * in between; when nothing but failures came for 5 days from then on, the endpoint is disabled.
 */
export function healthAfter(health: Health, isSuccess: boolean, at: Date): HealthChange {
  const { firstFailureAt, failingSince } = health;
  if (isSuccess) {
    return firstFailureAt || failingSince
      ? { kind: 'set', firstFailureAt: null, failingSince: null }
      : { kind: 'none' };
  }
  if (failingSince) {
    const isOver = at.getTime() - failingSince.getTime() >= DISABLE_AFTER_MS;
    return isOver ? { kind: 'disable', failingSince } : { kind: 'none' };
  }
  const ago = firstFailureAt ? at.getTime() - firstFailureAt.getTime() : Infinity;
  if (ago > WINDOW_MS) return { kind: 'set', firstFailureAt: at, failingSince: null };
  return ago >= SPAN_MS ? { kind: 'set', firstFailureAt, failingSince: at } : { kind: 'none' };
}
