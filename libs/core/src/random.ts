import { randomFillSync } from 'node:crypto';

const POOL = Buffer.alloc(4096);
let used = POOL.length;

/**
 * `length` bytes of the system's randomness, of which many are fetched at once: a call for each would cost more than
 * all the rest. Bytes that were handed out are not kept.
 */
export function randomBytesOf(length: number): Buffer {
  if (length > POOL.length) return randomFillSync(Buffer.alloc(length));
  if (used + length > POOL.length) {
    randomFillSync(POOL);
    used = 0;
  }
  const bytes = Buffer.from(POOL.subarray(used, used + length));
  POOL.fill(0, used, used + length);
  used += length;
  return bytes;
}
