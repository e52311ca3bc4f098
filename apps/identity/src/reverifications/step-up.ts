const MINUTE_MS = 60_000;

/** How much somebody proves anew. */
export type Level = 'first_factor' | 'second_factor' | 'multi_factor';
/** What is wanted next. */
export type Step = 'needs_first_factor' | 'needs_second_factor' | 'complete';

/** When a session's factors were proved, in milliseconds. */
export interface Proofs {
  firstFactorAt: number | null;
  secondFactorAt: number | null;
}

/** What can be asked of a user: one without a second factor proves the first. */
export const effectiveLevel = (asked: Level, hasSecondFactor: boolean): Level =>
  hasSecondFactor ? asked : 'first_factor';

/** What a step-up of this level begins with. */
export const firstStep = (level: Level): Step =>
  level === 'second_factor' ? 'needs_second_factor' : 'needs_first_factor';

/** What follows the first factor. */
export const afterFirst = (level: Level): Step => (level === 'multi_factor' ? 'needs_second_factor' : 'complete');

/**
 * Whether the session's strongest proof is recent enough (`compat/tokens-and-handshake.md` 7.3): the second factor where
 * one was proved, else the first.
 */
export function isFresh({ firstFactorAt, secondFactorAt }: Proofs, afterMinutes: number, now: number): boolean {
  const provedAt = secondFactorAt ?? firstFactorAt;
  return provedAt !== null && now - provedAt < afterMinutes * MINUTE_MS;
}
