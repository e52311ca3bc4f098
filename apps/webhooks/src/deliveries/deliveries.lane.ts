import type { Outgoing } from './deliveries.queries.js';

const START_LIMIT = 8;
const MAX_LIMIT = 32;
const MIN_LIMIT = 1;
/** How many deliveries wait in memory per one that may be under way. */
const ROOM_PER_SLOT = 8;

/**
 * What this process has to send to one endpoint. How much is under way at once adapts: it grows while the endpoint answers
 * and falls to one when it does not, so that a dead endpoint holds next to nothing of what all share.
 */
export class Lane {
  readonly queue: Outgoing[] = [];
  /** More lies in the table than was taken up. */
  hasBacklog = false;
  /** Before this moment (of `performance.now()`) nothing is sent: the rate limit is reached. */
  pausedUntil = 0;
  inFlight = 0;
  private limit = START_LIMIT;
  private readonly subjects = new Set<string>();

  constructor(readonly endpointId: string) {}

  /** How many more may wait here. */
  get room(): number {
    return Math.max(0, this.limit * ROOM_PER_SLOT - this.queue.length);
  }

  get isIdle(): boolean {
    return this.inFlight === 0 && this.queue.length === 0;
  }

  /**
   * Takes the next delivery to send. One that is about the same subject as one under way waits, so that what a subscriber
   * hears of a user comes in order as long as nothing fails.
   */
  take(): Outgoing | undefined {
    if (this.inFlight >= this.limit) return undefined;
    const index = this.queue.findIndex(({ subject }) => subject === null || !this.subjects.has(subject));
    if (index < 0) return undefined;
    const [delivery] = index === 0 ? [this.queue.shift()!] : this.queue.splice(index, 1);
    this.inFlight++;
    if (delivery!.subject !== null) this.subjects.add(delivery!.subject);
    return delivery;
  }

  /** Says how a delivery that was taken has ended; undefined: it was not sent. */
  done(delivery: Outgoing, isAnswered: boolean | undefined): void {
    this.inFlight--;
    if (delivery.subject !== null) this.subjects.delete(delivery.subject);
    if (isAnswered === true) this.limit = Math.min(MAX_LIMIT, this.limit + 1);
    if (isAnswered === false) this.limit = Math.max(MIN_LIMIT, Math.floor(this.limit / 2));
  }
}
