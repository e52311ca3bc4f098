/** Lets no more than so many pieces of work run at once; the others wait for their turn, in order. */
export class Turns {
  private readonly waiting: (() => void)[] = [];

  /**
   * @param free how many may run at once
   * @param patienceMs how long one waits before it is refused
   */
  constructor(
    private free: number,
    private readonly patienceMs: number,
  ) {}

  /** Runs `work` when its turn has come. @throws when that takes too long; what `work` throws */
  async run<R>(work: () => Promise<R>): Promise<R> {
    await this.turn();
    try {
      return await work();
    } finally {
      const next = this.waiting.shift();
      if (next) next();
      else this.free++;
    }
  }

  private async turn(): Promise<void> {
    if (this.free > 0) {
      this.free--;
      return;
    }
    await new Promise<void>((go, refuse) => {
      const come = () => {
        clearTimeout(timer);
        go();
      };
      const timer = setTimeout(() => {
        this.waiting.splice(this.waiting.indexOf(come), 1);
        refuse(new Error('Unable to start a transaction in the given time.'));
      }, this.patienceMs);
      this.waiting.push(come);
    });
  }
}
