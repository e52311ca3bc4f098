import type { LatchkeyEvent } from '@latchkey/contracts';

/** Most events of one transaction, and most transactions at once. */
const MOST = 200;
const AT_ONCE = 2;

interface Waiting {
  event: LatchkeyEvent;
  resolve: () => void;
  reject: (error: unknown) => void;
}

/** Gives events that come at the same time to one function: while that is busy with some, the next ones gather. */
export class Together {
  private readonly waiting: Waiting[] = [];
  private running = 0;
  private isScheduled = false;

  /** @param handleAll handles all of them or, when it throws, none */
  constructor(private readonly handleAll: (events: LatchkeyEvent[]) => Promise<void>) {}

  /** Resolves when the event is handled, among others. */
  handle(event: LatchkeyEvent): Promise<void> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ event, resolve, reject });
      if (this.isScheduled) return;
      this.isScheduled = true;
      // A turn of the event loop, so that what came together is handled together.
      setImmediate(() => {
        this.isScheduled = false;
        this.next();
      });
    });
  }

  private next(): void {
    if (this.running >= AT_ONCE || this.waiting.length === 0) return;
    const batch = this.waiting.splice(0, MOST);
    this.running++;
    this.handleAll(batch.map(({ event }) => event))
      .then(
        () => batch.forEach(({ resolve }) => resolve()),
        (error: unknown) => batch.forEach(({ reject }) => reject(error)),
      )
      .finally(() => {
        this.running--;
        this.next();
      });
  }
}

/** Lets only so many pass at the same time. */
export class Gate {
  private readonly waiting: (() => void)[] = [];

  constructor(private free: number) {}

  async through<T>(work: () => Promise<T>): Promise<T> {
    if (this.free > 0) this.free--;
    else await new Promise<void>((pass) => this.waiting.push(pass));
    try {
      return await work();
    } finally {
      const pass = this.waiting.shift();
      if (pass) pass();
      else this.free++;
    }
  }
}
