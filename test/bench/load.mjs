import autocannon from 'autocannon';

/** Seconds that each load lasts: long enough for the JIT, short enough for a coffee. */
export const SECONDS = Number(process.env.BENCH_SECONDS ?? 6);
/** Requests at once: of the product and of what it is compared with. */
export const CONNECTIONS = 16;
/** Sign-ins at once. */
export const SIGN_INS = 4;

/**
 * Requests per second of an address under load; a failed request fails the bench.
 *
 * @param {import('autocannon').Options} options
 */
export async function requestsPerSecond(options) {
  await autocannon({ connections: CONNECTIONS, ...options, duration: 2 });
  const result = await autocannon({ connections: CONNECTIONS, ...options, duration: SECONDS });
  if (!result.requests.total) throw new Error(`${options.url}: no answer at all`);
  if (result.non2xx || result.errors)
    throw new Error(`${options.url}: ${result.non2xx} answers that are no 2xx, ${result.errors} errors`);
  return result.requests.total / result.duration;
}

/**
 * Runs `work` again and again, `inFlight` at once, and counts.
 *
 * @param {number} inFlight
 * @param {() => Promise<unknown>} work
 */
export async function perSecond(inFlight, work) {
  const until = performance.now() + SECONDS * 1000;
  let count = 0;
  const began = performance.now();
  await Promise.all(
    Array.from({ length: inFlight }, async () => {
      while (performance.now() < until) {
        await work();
        count++;
      }
    }),
  );
  return count / ((performance.now() - began) / 1000);
}

/**
 * @param {number[]} values
 * @param {number} share 0.5 for the median
 */
export const percentile = (values, share) =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? NaN;
