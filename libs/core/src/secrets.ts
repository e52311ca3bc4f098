import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  hash,
  hkdfSync,
  randomInt,
  timingSafeEqual,
} from 'node:crypto';
import { BASE62 } from './ids.js';
import { randomBytesOf } from './random.js';

/** A secret as its owner gets it, and as it is stored. */
export interface Secret {
  /** Shown once. */
  plain: string;
  /** SHA-256 in hexadecimal: 256 bits of randomness need no slow hash. */
  hash: string;
}

/** `length` random characters of base62. */
export function randomText(length: number): string {
  let text = '';
  while (text.length < length) {
    // 248 = 4 * 62: larger bytes would make the first characters likelier.
    for (const byte of randomBytesOf(length * 2)) if (byte < 248 && text.length < length) text += BASE62[byte % 62];
  }
  return text;
}

/** A new secret of 43 characters (256 bits) behind `prefix`. */
export function newSecret(prefix = ''): Secret {
  const plain = prefix + randomText(43);
  return { plain, hash: hashSecret(plain) };
}

/** What is stored of a random secret: its SHA-256 in hexadecimal. Not for passwords or short codes. */
export function hashSecret(plain: string): string {
  return hash('sha256', plain);
}

/** Whether two texts are equal, in a time that does not tell how much of them is. */
export function sameSecret(a: string, b: string): boolean {
  const hash = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(a), hash(b));
}

/** A one-time code of six digits. */
export function newCode(): string {
  return String(randomInt(0, 1_000_000)).padStart(6, '0');
}

/** Encrypts what must be read again, and hashes what is too short for a plain hash, under one master key. */
export class SecretBox {
  private readonly key: Buffer;
  private readonly macKey: Buffer;

  /** @param masterKey at least 32 characters; the same for all replicas of a service */
  constructor(masterKey: string) {
    if (masterKey.length < 32) throw new Error('the master key needs at least 32 characters');
    this.key = Buffer.from(hkdfSync('sha256', masterKey, '', 'latchkey secret box', 32));
    this.macKey = Buffer.from(hkdfSync('sha256', masterKey, '', 'latchkey mac', 32));
  }

  /** What is stored of a short secret (a one-time code, a backup code): HMAC-SHA256, useless without the master key. */
  mac(plain: string): string {
    return createHmac('sha256', this.macKey).update(plain).digest('base64url');
  }

  /** `plain` as base64url text (AES-256-GCM, NIST SP 800-38D) that only the holder of the master key can read. */
  seal(plain: string): string {
    const iv = randomBytesOf(12);
    const cipher = createCipheriv('aes-256-gcm', this.key, iv);
    const body = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
    return Buffer.concat([iv, cipher.getAuthTag(), body]).toString('base64url');
  }

  /**
   * The text that `seal` was given.
   *
   * @throws Error when it was changed, or sealed under another key
   */
  open(sealed: string): string {
    const bytes = Buffer.from(sealed, 'base64url');
    const decipher = createDecipheriv('aes-256-gcm', this.key, bytes.subarray(0, 12));
    decipher.setAuthTag(bytes.subarray(12, 28));
    return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString('utf8');
  }
}
