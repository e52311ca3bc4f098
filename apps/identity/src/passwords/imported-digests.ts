import {
  createCipheriv,
  createHash,
  pbkdf2,
  scrypt,
  timingSafeEqual,
  type BinaryLike,
  type ScryptOptions,
} from 'node:crypto';
import { promisify } from 'node:util';
import { verify as verifyArgon2 } from '@node-rs/argon2';
import bcrypt from 'bcrypt';
import { isPhpass, matchesPhpass } from './phpass.js';
import { repeatedly } from './rounds.js';

/** An algorithm whose digests can be brought along from elsewhere, as `password_hasher` of the contract names it. */
export interface ImportedHasher {
  /** Whether a text has the documented format, within bounds that one sign-in can afford. */
  fits(digest: string): boolean;
  /** Whether a password is the one that a digest, which fits, was made of. */
  matches(password: string, digest: string): Promise<boolean>;
  /** Too cheap to guess: replaced at the first sign-in that succeeds. */
  isInsecure?: boolean;
}

const MAX_ITERATIONS = 5_000_000;
const MAX_MEMORY_BYTES = 256 * 1024 * 1024;

const HEX = /^(?:[0-9a-f]{2})+$/i;
const BASE64 = /^[A-Za-z0-9+/\-_]+={0,2}$/;
const BCRYPT = /^\$2[abxy]?\$(?:0[4-9]|1[0-6])\$[./A-Za-z0-9]{53}$/;
const ARGON2 =
  /^\$(argon2id?|argon2i)\$(?:v=\d+\$)?m=(\d+),t=(\d+),p=(\d+)\$[A-Za-z0-9+/]+={0,2}\$[A-Za-z0-9+/]+={0,2}$/;

/** Every algorithm that digests may be imported from, by its name in the contract (`compat/behaviours-auth.md` 5). */
export const importedHashers: Record<string, ImportedHasher> = {
  argon2i: argon2('argon2i'),
  argon2id: argon2('argon2id'),
  bcrypt: { fits: (digest) => BCRYPT.test(digest), matches: matchesBcrypt },
  bcrypt_peppered: {
    fits: (digest) => bcryptAndPepper(digest) !== undefined,
    matches: (password, digest) => {
      const { hash, pepper } = bcryptAndPepper(digest)!;
      return matchesBcrypt(password + pepper, hash);
    },
  },
  bcrypt_sha256_django: {
    fits: (digest) => BCRYPT.test(digest.replace(/^bcrypt_sha256\$/, '')) && digest.startsWith('bcrypt_sha256$$'),
    matches: (password, digest) => matchesBcrypt(hex('sha256', password), digest.replace(/^bcrypt_sha256\$/, '')),
  },
  ldap_ssha: {
    fits: (digest) => (ssha(digest)?.salt.length ?? 0) > 0,
    matches: async (password, digest) => {
      const { hash, salt } = ssha(digest)!;
      return same(createHash('sha1').update(password).update(salt).digest(), hash);
    },
  },
  md5: plain('md5', 32),
  md5_salted: salted('md5', 32),
  sha256: plain('sha256', 64),
  sha256_salted: salted('sha256', 64),
  phpass: { fits: isPhpass, matches: matchesPhpass },
  // The contract gives no format: systems of this name hash the password itself or its MD5.
  md5_phpass: {
    fits: isPhpass,
    matches: async (password, digest) =>
      (await matchesPhpass(hex('md5', password), digest)) || matchesPhpass(password, digest),
  },
  pbkdf2_sha1: pbkdf2Hasher(
    'pbkdf2_sha1',
    'sha1',
    (salt) => (HEX.test(salt) ? Buffer.from(salt, 'hex') : Buffer.from(salt)),
    'hex',
  ),
  pbkdf2_sha256: pbkdf2Hasher('pbkdf2_sha256', 'sha256', (salt) => Buffer.from(salt, 'base64'), 'base64'),
  pbkdf2_sha256_django: pbkdf2Hasher('pbkdf2_sha256', 'sha256', (salt) => Buffer.from(salt), 'base64'),
  pbkdf2_sha512: pbkdf2Hasher('pbkdf2_sha512', 'sha512', (salt) => Buffer.from(salt), 'hex'),
  pbkdf2_sha512_hex: pbkdf2Hasher('pbkdf2_sha512_hex', 'sha512', (salt) => Buffer.from(salt, 'hex'), 'hex'),
  scrypt_firebase: { fits: (digest) => firebase(digest) !== undefined, matches: matchesFirebase },
  scrypt_werkzeug: { fits: (digest) => werkzeug(digest) !== undefined, matches: matchesWerkzeug },
  sha512_symfony: { fits: (digest) => symfony(digest) !== undefined, matches: matchesSymfony, isInsecure: true },
};

const hex = (algorithm: string, text: string) => createHash(algorithm).update(text).digest('hex');

const same = (a: Buffer, b: Buffer) => a.length === b.length && timingSafeEqual(a, b);

function matchesBcrypt(password: string, hash: string): Promise<boolean> {
  // `y` and `x` are PHP's names of what others call `b`.
  return bcrypt.compare(
    password,
    hash.replace(/^\$2[xy]?\$/, () => '$2b$'),
  );
}

function argon2(variant: string): ImportedHasher {
  return {
    fits: (digest) => {
      const [, name, memory, time, lanes] = ARGON2.exec(digest) ?? [];
      return name === variant && Number(memory) * 1024 <= MAX_MEMORY_BYTES && Number(time) <= 64 && Number(lanes) <= 64;
    },
    matches: (password, digest) => verifyArgon2(digest, password),
  };
}

/** The digest without a salt. */
function plain(algorithm: string, length: number): ImportedHasher {
  return {
    isInsecure: true,
    fits: (digest) => HEX.test(digest) && digest.length === length,
    matches: async (password, digest) => same(Buffer.from(hex(algorithm, password)), Buffer.from(digest.toLowerCase())),
  };
}

/** `<salt>$<hash>`. The contract does not say on which side of the password the salt stands, so both are tried. */
function salted(algorithm: string, length: number): ImportedHasher {
  const parts = (digest: string) => {
    const at = digest.lastIndexOf('$');
    return { salt: digest.slice(0, at), hash: digest.slice(at + 1).toLowerCase() };
  };
  return {
    isInsecure: true,
    fits: (digest) => {
      const { salt, hash } = parts(digest);
      return salt.length > 0 && HEX.test(hash) && hash.length === length;
    },
    matches: async (password, digest) => {
      const { salt, hash } = parts(digest);
      return [salt + password, password + salt].some((text) =>
        same(Buffer.from(hex(algorithm, text)), Buffer.from(hash)),
      );
    },
  };
}

/** `<name>$<iterations>$<salt>$<hash>[$<key length>]`. */
function pbkdf2Hasher(
  name: string,
  algorithm: string,
  toSalt: (text: string) => Buffer,
  encoding: 'hex' | 'base64',
): ImportedHasher {
  const parse = (digest: string) => {
    const [prefix, iterations, salt, hash, length] = digest.split('$');
    const rounds = Number(iterations);
    if (prefix !== name || !salt || !hash || !(rounds >= 1 && rounds <= MAX_ITERATIONS)) return undefined;
    if (!(encoding === 'hex' ? HEX : BASE64).test(hash)) return undefined;
    const key = Buffer.from(hash, encoding);
    if (length !== undefined && Number(length) !== key.length) return undefined;
    return { rounds, salt: toSalt(salt), key };
  };
  return {
    fits: (digest) => {
      const parts = parse(digest);
      return parts !== undefined && parts.salt.length > 0 && parts.key.length >= 16;
    },
    matches: async (password, digest) => {
      const { rounds, salt, key } = parse(digest)!;
      return same(await promisify(pbkdf2)(password, salt, rounds, key.length, algorithm), key);
    },
  };
}

function bcryptAndPepper(digest: string): { hash: string; pepper: string } | undefined {
  const [, hash, pepper] = /^(\$2[abxy]?\$\d\d\$[./A-Za-z0-9]{53})\$(.+)$/.exec(digest) ?? [];
  return hash && pepper && BCRYPT.test(hash) ? { hash, pepper } : undefined;
}

/** OpenLDAP's `{SSHA}`: base64 of SHA-1 and salt. */
function ssha(digest: string): { hash: Buffer; salt: Buffer } | undefined {
  const [, text] = /^(?:\{SSHA\})?([A-Za-z0-9+/]+={0,2})$/i.exec(digest) ?? [];
  if (!text) return undefined;
  const bytes = Buffer.from(text, 'base64');
  return { hash: bytes.subarray(0, 20), salt: bytes.subarray(20) };
}

const deriveKey = promisify<BinaryLike, BinaryLike, number, ScryptOptions, Buffer>(scrypt);

const scryptOptions = (cost: number, blockSize: number, parallelization: number): ScryptOptions => ({
  N: cost,
  r: blockSize,
  p: parallelization,
  maxmem: 2 * MAX_MEMORY_BYTES,
});

const isAffordable = (cost: number, blockSize: number, lanes: number) =>
  cost >= 2 &&
  Number.isInteger(Math.log2(cost)) &&
  blockSize >= 1 &&
  lanes >= 1 &&
  lanes <= 16 &&
  128 * cost * blockSize <= MAX_MEMORY_BYTES;

/** `<hash>$<salt>$<signer key>$<salt separator>$<rounds>$<memory cost>`, base64 each. */
function firebase(digest: string) {
  const [hash, salt, signerKey, separator, rounds, memory] = digest.split('$');
  if (![hash, salt, signerKey].every((text) => text && BASE64.test(text)) || separator === undefined) return undefined;
  const cost = 2 ** Number(memory);
  if (!isAffordable(cost, Number(rounds), 1)) return undefined;
  return {
    hash: Buffer.from(hash!, 'base64'),
    salt: Buffer.concat([Buffer.from(salt!, 'base64'), Buffer.from(separator, 'base64')]),
    signerKey: Buffer.from(signerKey!, 'base64'),
    options: scryptOptions(cost, Number(rounds), 1),
  };
}

/** Firebase encrypts its signer key under what scrypt makes of the password; the result is the digest. */
async function matchesFirebase(password: string, digest: string): Promise<boolean> {
  const { hash, salt, signerKey, options } = firebase(digest)!;
  const key = await deriveKey(password, salt, 32, options);
  const cipher = createCipheriv('aes-256-ctr', key, Buffer.alloc(16));
  return same(Buffer.concat([cipher.update(signerKey), cipher.final()]), hash);
}

/** `scrypt:<N>:<r>:<p>$<salt>$<hash in hexadecimal>`; the contract writes it with a `$` in front. */
function werkzeug(digest: string) {
  const [, cost, blockSize, lanes, salt, hash] =
    /^\$?scrypt:(\d+):(\d+):(\d+)\$([^$]+)\$([0-9a-f]+)$/i.exec(digest) ?? [];
  if (!hash || !salt || !HEX.test(hash) || !isAffordable(Number(cost), Number(blockSize), Number(lanes)))
    return undefined;
  return {
    salt,
    hash: Buffer.from(hash, 'hex'),
    options: scryptOptions(Number(cost), Number(blockSize), Number(lanes)),
  };
}

async function matchesWerkzeug(password: string, digest: string): Promise<boolean> {
  const { salt, hash, options } = werkzeug(digest)!;
  return same(await deriveKey(password, salt, hash.length, options), hash);
}

/** `sha512_symfony$<iterations>$<salt>$<hash>`. */
function symfony(digest: string) {
  const [prefix, iterations, salt, hash] = digest.split('$');
  const rounds = Number(iterations);
  if (prefix !== 'sha512_symfony' || salt === undefined || !hash || !BASE64.test(hash)) return undefined;
  return rounds >= 1 && rounds <= 100_000 ? { rounds, salt, hash: Buffer.from(hash, 'base64') } : undefined;
}

/** Symfony's old encoder: the password with `{salt}` behind it, hashed again and again with itself appended. */
async function matchesSymfony(password: string, digest: string): Promise<boolean> {
  const { rounds, salt, hash } = symfony(digest)!;
  const text = Buffer.from(salt ? `${password}{${salt}}` : password);
  let result = createHash('sha512').update(text).digest();
  await repeatedly(rounds - 1, () => {
    result = createHash('sha512').update(result).update(text).digest();
  });
  return same(result, hash);
}
