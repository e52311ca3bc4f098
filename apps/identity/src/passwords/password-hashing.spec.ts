import { hashPassword, verifyPassword } from './password-hashing.js';

/** Runs `work`; how many other tasks came to their turn meanwhile. */
async function turnsDuring(work: () => Promise<unknown>): Promise<number> {
  let turns = 0;
  let isOver = false;
  const others = () => {
    turns++;
    if (!isOver) setImmediate(others);
  };
  setImmediate(others);
  await work();
  isOver = true;
  return turns;
}

describe('verifyPassword', () => {
  it.each([
    ['phpass', `$P$E${'a'.repeat(8)}${'b'.repeat(22)}`],
    ['sha512_symfony', `sha512_symfony$100000$salt$${'a'.repeat(86)}==`],
  ])('lets others go on during the many rounds of %s', async (hasher, digest) => {
    const turns = await turnsDuring(() => verifyPassword('x'.repeat(512), digest, hasher));

    expect(turns).toBeGreaterThan(5);
  });

  it('takes no password that is longer than can be afforded', async () => {
    const [longest, longer] = ['x'.repeat(4096), 'x'.repeat(4097)];

    expect(await verifyPassword(longest, await hashPassword(longest), 'argon2id')).toBe(true);
    expect(await verifyPassword(longer, await hashPassword(longer), 'argon2id')).toBe(false);
  });
});
