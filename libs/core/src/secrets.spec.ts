import { hashSecret, newCode, newSecret, randomText, sameSecret, SecretBox } from './secrets.js';

describe('newSecret', () => {
  it('gives a secret behind its prefix, and the hash that is stored', () => {
    const secret = newSecret('sk_test_');

    expect(secret.plain).toMatch(/^sk_test_[0-9A-Za-z]{43}$/);
    expect(secret.hash).toBe(hashSecret(secret.plain));
    expect(newSecret().plain).not.toBe(newSecret().plain);
  });
});

describe('randomText', () => {
  it('has the length asked for, in base62', () => {
    expect(randomText(0)).toBe('');
    expect(randomText(500)).toMatch(/^[0-9A-Za-z]{500}$/);
  });
});

describe('newCode', () => {
  it('has six digits', () => {
    for (let i = 0; i < 100; i++) expect(newCode()).toMatch(/^\d{6}$/);
  });
});

describe('sameSecret', () => {
  it('tells equal texts from others, whatever their length', () => {
    expect(sameSecret('abc', 'abc')).toBe(true);
    expect(sameSecret('abc', 'abd')).toBe(false);
    expect(sameSecret('abc', 'abcd')).toBe(false);
  });
});

describe('SecretBox', () => {
  const box = new SecretBox('k'.repeat(32));

  it('opens what it sealed, and seals the same text differently each time', () => {
    expect(box.open(box.seal('päss'))).toBe('päss');
    expect(box.seal('a')).not.toBe(box.seal('a'));
  });

  it('refuses a changed text, and one sealed under another key', () => {
    const sealed = box.seal('secret');
    const changed = Buffer.from(sealed, 'base64url');
    changed[changed.length - 1]! ^= 1;

    expect(() => box.open(changed.toString('base64url'))).toThrow();
    expect(() => new SecretBox('x'.repeat(32)).open(sealed)).toThrow();
  });

  it('refuses a short master key', () => {
    expect(() => new SecretBox('short')).toThrow(/32 characters/);
  });
});
