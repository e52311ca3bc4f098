import type { EventType, LatchkeyEvent } from '@latchkey/contracts';

import { tapEvent } from './tap.js';

const DEADLINE_MS = 10_000;

/** Every event that was published, in the order in which it came. */
export class RecordedEvents {
  private readonly all: LatchkeyEvent[] = [];
  private readonly waiters = new Set<() => void>();

  /** Takes events from the bus. */
  dispatch(event: LatchkeyEvent): Promise<void> {
    if (!this.all.some(({ id }) => id === event.id)) {
      this.all.push(event);
      tapEvent(event);
    }
    this.waiters.forEach((check) => check());
    return Promise.resolve();
  }

  /** The events of a type so far, of one aggregate when `subject` names it. Waits until everything that was committed is published. */
  async of(type: EventType, subject?: string): Promise<LatchkeyEvent[]> {
    await this.settled();
    return this.all.filter((event) => event.type === type && (!subject || event.subject === subject));
  }

  /** The first event of a type that fits; waits for it. */
  async next(type: EventType, fits: (event: LatchkeyEvent) => boolean = () => true): Promise<LatchkeyEvent> {
    const find = () => this.all.find((event) => event.type === type && fits(event));
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => (this.waiters.delete(check), reject(new Error(`no ${type} within ${DEADLINE_MS} ms`))),
        DEADLINE_MS,
      );
      const check = () => {
        const event = find();
        if (!event) return;
        clearTimeout(timer);
        this.waiters.delete(check);
        resolve(event);
      };
      this.waiters.add(check);
      check();
    });
  }

  /** Resolves when the outboxes are empty. */
  settled: () => Promise<void> = () => Promise.resolve();
}
