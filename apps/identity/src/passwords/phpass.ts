import { createHash, timingSafeEqual } from 'node:crypto';
import { repeatedly } from './rounds.js';

const ALPHABET = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const FORMAT = /^\$[PH]\$[./0-9A-Za-z]{31}$/;
/** Binary logarithm of the rounds: fewer are not phpass, more would take seconds. */
const MIN_LOG = 7;
const MAX_LOG = 16;

const logOfRounds = (digest: string) => ALPHABET.indexOf(digest[3] ?? '');

/** Whether a text is a portable phpass digest: `$P$`, the rounds, 8 characters of salt, 22 of checksum. */
export const isPhpass = (digest: string): boolean =>
  FORMAT.test(digest) && logOfRounds(digest) >= MIN_LOG && logOfRounds(digest) <= MAX_LOG;

/** Whether a password is the one that a portable phpass digest was made of. */
export async function matchesPhpass(password: string, digest: string): Promise<boolean> {
  const rounds = 2 ** logOfRounds(digest);
  let hash = createHash('md5').update(digest.slice(4, 12)).update(password).digest();
  await repeatedly(rounds, () => {
    hash = createHash('md5').update(hash).update(password).digest();
  });
  return timingSafeEqual(Buffer.from(encode(hash)), Buffer.from(digest.slice(12)));
}

/** phpass's own base64: little-endian groups of three bytes. */
function encode(bytes: Buffer): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 3) {
    const group = bytes[at]! | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16);
    const characters = Math.min(bytes.length - at, 3) + 1;
    for (let n = 0; n < characters; n++) text += ALPHABET[(group >> (6 * n)) & 0x3f];
  }
  return text;
}
