const POLL_MS = 50;

/** There is no use in waiting any longer. */
export class Hopeless extends Error {}

/** Asks again and again until `holds`; what it throws meanwhile counts as no, and is told when the time is over. */
export async function eventually(
  what: string,
  holds: () => boolean | Promise<boolean>,
  withinMs = 120_000,
): Promise<void> {
  const deadline = Date.now() + withinMs;
  let last: unknown;
  while (Date.now() < deadline) {
    try {
      if (await holds()) return;
      last = undefined;
    } catch (error) {
      if (error instanceof Hopeless) throw error;
      last = error;
    }
    await new Promise((wake) => setTimeout(wake, POLL_MS));
  }
  throw new Error(`not within ${withinMs / 1000} s: ${what}`, { cause: last });
}
