import type { Outgoing } from './deliveries.queries.js';

const START_LIMIT = 8;
const MAX_LIMIT = 32;
const MIN_LIMIT = 1;
/** How many deliveries wait in memory per one that may be under way, at the least. */
const ROOM_PER_SLOT = 8;
/** As many wait as will be sent within this time, far shorter than their lease, when answers keep coming as they did. */
const ROOM_MS = 3_000;
const MAX_ROOM = 2_000;
/** Of a new lane, until there are answers. */
const START_ANSWER_MS = 50;
/** An endpoint whose answers take longer than this, on average, is not worth waiting for. */
const SWIFT_MS = 50;
/** How much the latest answer counts in the average. */
const WEIGHT = 0.05;

/**
 * What this process has to send to one endpoint. How much is under way at once adapts: it grows while the endpoint answers
 * and falls to one when it does not, so that a dead endpoint holds next to nothing of what all share.
 */
export class Lane {
  readonly queue: Outgoing[] = [];
  /** Before this moment (of `performance.now()`) nothing is sent: the rate limit is reached. */
  pausedUntil = 0;
  inFlight = 0;
  /** Whether somebody is looking in the table for more. */
  isAsked = false;
  private limit = START_LIMIT;
  /** How long an answer takes, as an average of the last ones. */
  private answerMs = START_ANSWER_MS;
  private readonly subjects = new Set<string>();
  /** How often it was noted that something lies in the table, and how many of these notes are dealt with. */
  private noted = 0;
  private cleared = 0;

  constructor(readonly endpointId: string) {}

  /** How many more may wait here. */
  get room(): number {
    return Math.max(0, this.capacity - this.queue.length);
  }

  /** Whether deliveries lie in the table that are due, as far as this process knows. */
  get hasBacklog(): boolean {
    return this.noted > this.cleared;
  }

  /** Whether what is new must go to the table: there is no room, or it would overtake what lies there. */
  get isFull(): boolean {
    return this.hasBacklog || this.room === 0;
  }

  /** Whether it is time to take up more of what lies in the table. */
  get wantsMore(): boolean {
    return this.hasBacklog && !this.isAsked && this.queue.length <= this.capacity / 2;
  }

  /**
   * Whether more waits here than is good while nothing but this process is slow: the endpoint answers quickly, has no rate limit that
   * holds it up, and nothing of it lies in the table.
   */
  get isCrowded(): boolean {
    return this.isSwift && this.queue.length > this.capacity / 2;
  }

  get isSwift(): boolean {
    return this.answerMs < SWIFT_MS && !this.hasBacklog && this.pausedUntil === 0;
  }

  get isIdle(): boolean {
    return this.inFlight === 0 && this.queue.length === 0;
  }

  /** How often it was noted that something of this endpoint lies in the table. */
  get notes(): number {
    return this.noted;
  }

  noteBacklog(): void {
    this.noted++;
  }

  /** Notes that whoever looked after the `notes`th note has taken all there was. */
  clearBacklog(notes: number): void {
    this.cleared = notes;
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

  /** Says how a delivery that was taken has ended, and how long that took; undefined: it was not sent. */
  done(delivery: Outgoing, isAnswered: boolean | undefined, ms: number): void {
    this.inFlight--;
    if (delivery.subject !== null) this.subjects.delete(delivery.subject);
    if (isAnswered !== undefined) this.answerMs += (ms - this.answerMs) * WEIGHT;
    if (isAnswered === true) this.limit = Math.min(MAX_LIMIT, this.limit + 1);
    if (isAnswered === false) this.limit = Math.max(MIN_LIMIT, Math.floor(this.limit / 2));
  }

  private get capacity(): number {
    const inTime = Math.floor((this.limit * ROOM_MS) / Math.max(1, this.answerMs));
    return Math.max(this.limit * ROOM_PER_SLOT, Math.min(MAX_ROOM, inTime));
  }
}
