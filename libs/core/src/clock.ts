/** Where all time in the product comes from, so that expiry, renewal and retry schedules are tested by moving it. */
export abstract class Clock {
  /** The present moment. */
  abstract now(): Date;
}

/** The machine's own time. */
export class SystemClock extends Clock {
  now(): Date {
    return new Date();
  }
}

/** Follows the machine's time, shifted by what a test has asked for. */
export class TestClock extends Clock {
  private offsetMs = 0;

  now(): Date {
    return new Date(Date.now() + this.offsetMs);
  }

  /** Moves the clock forward by `ms` milliseconds. */
  advance(ms: number): void {
    this.offsetMs += ms;
  }
}
