import { Turns } from './turns.js';

describe('Turns', () => {
  it('lets so many run at once, and the others in order, also after a failure', async () => {
    const turns = new Turns(2, 10_000);
    const began: number[] = [];
    const ends: (() => void)[] = [];
    const runs = [0, 1, 2, 3].map((index) =>
      turns.run(async () => {
        began.push(index);
        await new Promise<void>((resolve) => ends.push(resolve));
        if (index === 0) throw new Error('lost');
      }),
    );
    const outcomes = Promise.allSettled(runs);
    await new Promise(setImmediate);
    expect(began).toEqual([0, 1]);

    ends[0]!();
    await expect(runs[0]).rejects.toThrow('lost');
    expect(began).toEqual([0, 1, 2]);
    ends[1]!();
    await runs[1];
    ends[2]!();
    await runs[2];
    ends[3]!();

    expect((await outcomes).map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled', 'fulfilled']);
    await expect(turns.run(() => Promise.resolve('free'))).resolves.toBe('free');
  });

  it('refuses who has waited too long, and lets the next one through', async () => {
    const turns = new Turns(1, 1);
    let end!: () => void;
    const running = turns.run(() => new Promise<void>((resolve) => (end = resolve)));
    await expect(turns.run(() => Promise.resolve())).rejects.toThrow('Unable to start a transaction');
    end();
    await running;

    await expect(turns.run(() => Promise.resolve('next'))).resolves.toBe('next');
  });
});
