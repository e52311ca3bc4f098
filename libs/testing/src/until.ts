const POLL_MS = 10;

/**
 * Asks again and again until there is an answer.
 *
 * @param what is waited for, as the failure tells it
 * @param ask answers with something, or with nothing as yet; what it throws is thrown
 * @returns the first answer that is not false, null or undefined
 */
export async function until<T>(
  what: string,
  ask: () => T | Promise<T>,
  withinMs = 10_000,
): Promise<Exclude<T, false | null | undefined>> {
  for (const deadline = Date.now() + withinMs; ; await new Promise((wake) => setTimeout(wake, POLL_MS))) {
    const answer = await ask();
    if (answer !== false && answer !== null && answer !== undefined)
      return answer as Exclude<T, false | null | undefined>;
    if (Date.now() > deadline) throw new Error(`not within ${withinMs / 1_000} s: ${what}`);
  }
}
