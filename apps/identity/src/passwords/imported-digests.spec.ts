import { hash as argon2 } from '@node-rs/argon2';
import bcrypt from 'bcrypt';
import { createHash } from 'node:crypto';
import { importedHashers } from './imported-digests.js';

const PASSWORD = 'correct horse';

/** The library's names for them are a const enum, which this build cannot read. */
const ARGON2I = 1;
const ARGON2ID = 2;

/** Made by Python's hashlib from the same password, unless the name says otherwise. */
const DIGESTS: [string, string, string?][] = [
  ['pbkdf2_sha1', 'pbkdf2_sha1$1000$a1b2c3d4$66bfbd5677ecb27592e1a3f17952e0170cc031568f79d9808961a1d5402e0c33'],
  ['pbkdf2_sha1', 'pbkdf2_sha1$1000$pepper!$fd1221f87764c9baf277bcad76e3984b771127ed$20'],
  ['pbkdf2_sha256', 'pbkdf2_sha256$1000$MDEyMzQ1Njc4OQ==$bpiym00SOJaLTdsvSkRbLLa1DSwlv1YjMSIhtRGqJIY='],
  ['pbkdf2_sha256_django', 'pbkdf2_sha256$1000$abcDEF123$L976N2gLUUrlB5ESxtk3TLeeDGoP0DvnDZW8r9F5sFo='],
  ['pbkdf2_sha512', 'pbkdf2_sha512$1000$abcDEF123$ca2bde7759ac94930087a9a1ae1e839d5b4c63181cd41e23712da49dd6b4d698857f6c6635394633c9d0deb2cf0da7ed2aa4f2be2e18dab6bfc70c48a0b27270'],
  ['pbkdf2_sha512_hex', 'pbkdf2_sha512_hex$1000$00ff10$059400e19ef157a05d5e8563e8e945b4b73dbadd0af3cd99f9d0c7987b07fc9e9aefb44161b4e2dc8c5884b5c725e4e506a06ae17772c3600d8aa39e24d2a975'],
  ['scrypt_werkzeug', 'scrypt:32768:8:1$abcDEF123$ad75d7ead93a89c57298aae7bdc434c6f613ef138923f22a2a8313dd79701ba97ff78913d3f8c8adf71f5daa51509f4cfbb15cc47f78d0cec76336c06d77face'],
  ['scrypt_werkzeug', '$scrypt:32768:8:1$abcDEF123$ad75d7ead93a89c57298aae7bdc434c6f613ef138923f22a2a8313dd79701ba97ff78913d3f8c8adf71f5daa51509f4cfbb15cc47f78d0cec76336c06d77face'],
  ['sha512_symfony', 'sha512_symfony$5000$salty$OjOe3ftFKCf3zME0hlzdbmPlSRGjLlADYRi24ghyU7UvAO9sZ99cbfAGb28kzWl2Qa7rHbsLdJQ7xiruVineqQ=='],
  ['ldap_ssha', '{SSHA}awc/Cj0kafyFd5d8fGn07xoHBJJzYWx0c2FsdA=='],
  ['md5', '3cb4e732631f47e6eb961f34554b7cde'],
  ['md5_salted', 'salt$de8498eb12b0309737310c8971cfc7a2'],
  ['md5_salted', 'salt$0f8ace3b2b97fc3820def0a5a79cf93a'],
  ['sha256', '4104d36f8da2c254349f85836793ebe029e0c957063a34c91c2e9203187b5631'],
  ['sha256_salted', 'salt$8cb258c07eb871943b4ad0e754a502b5fc3a389d75fefc91b4e010778ecca018'],
  // The example of phpass's own test program.
  ['phpass', '$P$9IQRaTwmfeRo7ud9Fh4E2PdI0S3r.L0', 'test12345'],
  ['md5_phpass', '$P$9IQRaTwmfeRo7ud9Fh4E2PdI0S3r.L0', 'test12345'],
  // The example of Firebase's description of its algorithm.
  [
    'scrypt_firebase',
    'lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ==$42xEC+ixf3L2lw==$jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==$Bw==$8$14',
    'user1password',
  ],
]; // prettier-ignore

describe('importedHashers', () => {
  it.each(DIGESTS)('verifies %s: %s', async (name, digest, password = PASSWORD) => {
    const hasher = importedHashers[name]!;

    expect(hasher.fits(digest)).toBe(true);
    expect(await hasher.matches(password, digest)).toBe(true);
    expect(await hasher.matches(`${password}.`, digest)).toBe(false);
  });

  it('verifies argon2id and argon2i, each under its own name', async () => {
    const options = { memoryCost: 1024, timeCost: 2, parallelism: 1 };
    const id = await argon2(PASSWORD, { ...options, algorithm: ARGON2ID });
    const i = await argon2(PASSWORD, { ...options, algorithm: ARGON2I });

    expect([importedHashers.argon2id!.fits(id), importedHashers.argon2id!.fits(i)]).toEqual([true, false]);
    expect([importedHashers.argon2i!.fits(i), importedHashers.argon2i!.fits(id)]).toEqual([true, false]);
    expect(await importedHashers.argon2id!.matches(PASSWORD, id)).toBe(true);
    expect(await importedHashers.argon2i!.matches(PASSWORD, i)).toBe(true);
    expect(await importedHashers.argon2i!.matches('else', i)).toBe(false);
  });

  it("verifies bcrypt's relatives", async () => {
    const peppered = `${await bcrypt.hash(`${PASSWORD}pepper`, 4)}$pepper`;
    const django = `bcrypt_sha256$${await bcrypt.hash(createHash('sha256').update(PASSWORD).digest('hex'), 4)}`;
    const php = (await bcrypt.hash(PASSWORD, 4)).replace('$2b$', () => '$2y$');

    for (const [name, digest] of [
      ['bcrypt_peppered', peppered],
      ['bcrypt_sha256_django', django],
      ['bcrypt', php],
    ] as const) {
      expect([name, importedHashers[name]!.fits(digest)]).toEqual([name, true]);
      expect([name, await importedHashers[name]!.matches(PASSWORD, digest)]).toEqual([name, true]);
      expect([name, await importedHashers[name]!.matches('else', digest)]).toEqual([name, false]);
    }
  });

  it.each(Object.keys(importedHashers))('%s refuses what has not its format', (name) => {
    for (const digest of [
      '',
      'x',
      '$',
      '$$$$$$',
      'a$b$c$d',
      '{SSHA}',
      'pbkdf2_sha256$0$c2FsdA==$aGFzaA==',
      `scrypt:${2 ** 30}:8:1$a$00`,
    ])
      expect([digest, importedHashers[name]!.fits(digest)]).toEqual([digest, false]);
  });
});
