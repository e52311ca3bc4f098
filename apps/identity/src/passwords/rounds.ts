import { setImmediate as others } from 'node:timers/promises';

/** How long one hash may keep everybody else waiting. */
const SLICE_MS = 5;
/** Rounds between two looks at the time. */
const STRIDE = 100;

/** Does a step again and again, and lets others go on in between: many rounds of a cheap hash would hold up the whole process. */
export async function repeatedly(rounds: number, step: () => void): Promise<void> {
  let begun = performance.now();
  for (let done = 0; done < rounds;) {
    for (const end = Math.min(done + STRIDE, rounds); done < end; done++) step();
    if (performance.now() - begun < SLICE_MS) continue;
    await others();
    begun = performance.now();
  }
}
