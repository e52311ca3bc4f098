import { setTimeout as delay } from 'node:timers/promises';
import type { EventSource, EventType, LatchkeyEvent } from '@latchkey/contracts';
import type { Clock } from '@latchkey/core';
import { isDatabaseUnavailable } from '@latchkey/db';
import { counter, logOf } from '@latchkey/observability';
import type { Claim } from './consumer.decorators.js';
import { once, type InboxDb, type InboxTx } from './once.js';
import { Gate, Together } from './together.js';

const ATTEMPTS = 4;
const BACKOFF_MS = 100;
/** No further attempt at an event begins this long after the first. With the longest transaction it ends within `REBALANCE_MS`. */
const PATIENCE_MS = 20_000;
const SINGLES_AT_ONCE = 6;
/** How much of an error is kept: it must fit beside the largest event. */
const ERROR_LENGTH = 8_000;

const consumed = counter('latchkey_events_consumed_total', 'Events that consumers have handled', [
  'consumer',
  'result',
]);

/** One method of a consumer. */
export interface Handler {
  consumer: string;
  types: readonly (EventType | '*')[];
  /** See `ConsumerOptions`. */
  isTogether: boolean;
  /** Gets one event at a time and a transaction, or, when it is together, several and a claim. */
  handle: (events: LatchkeyEvent[], by: InboxTx | Claim) => Promise<void>;
}

/** An event that a consumer could not handle, and why. */
export interface DeadLetter {
  event: LatchkeyEvent;
  consumer: string;
  error: string;
}

/** Keeps events that consumers could not handle until somebody replays them (`npm run dead-letters`). */
export abstract class DeadLetters {
  abstract park(letter: DeadLetter): Promise<void>;
}

/**
 * Hands an event to the service's consumers. A handler that fails is tried again and then parked, so that one bad event
 * stops nobody else's; while the database is away nothing is parked, and the event is delivered again later.
 */
export class EventDispatcher {
  private readonly log;
  private handlers: readonly Handler[] | undefined;
  private readonly together = new Map<Handler, Together>();
  /** One transaction for each that passes: they must leave some of the pool to others. */
  private readonly gate = new Gate(SINGLES_AT_ONCE);

  constructor(
    readonly service: EventSource,
    private readonly db: InboxDb,
    private readonly deadLetters: DeadLetters,
    private readonly clock: Clock,
    private readonly findHandlers: () => readonly Handler[],
  ) {
    this.log = logOf({ consumer_of: service });
  }

  /** Resolves when every consumer of this service has handled the event, or it was parked for those that could not. */
  async dispatch({ replayfor: only, ...event }: LatchkeyEvent): Promise<void> {
    // Found at the first event: by then every provider of the application exists.
    this.handlers ??= this.findHandlers();
    const patience = performance.now() + PATIENCE_MS;
    for (const handler of this.handlers) {
      const wanted = handler.types.includes('*') || handler.types.includes(event.type);
      if (!wanted || (only && only !== handler.consumer)) continue;
      if (handler.isTogether && (await this.runTogether(handler, event))) continue;
      await this.gate.through(() => this.run(handler, event, patience));
    }
  }

  /** Handles the event with others that come now. False: one of them failed, so each must be handled by itself. */
  private async runTogether(handler: Handler, event: LatchkeyEvent): Promise<boolean> {
    let together = this.together.get(handler);
    if (!together) {
      together = new Together((events) => this.handle(handler, events));
      this.together.set(handler, together);
    }
    try {
      await together.handle(event);
      consumed.inc({ consumer: handler.consumer, result: 'ok' });
      return true;
    } catch (err) {
      if (isDatabaseUnavailable(err)) throw err;
      return false;
    }
  }

  private handle({ consumer, isTogether, handle }: Handler, events: LatchkeyEvent[]): Promise<void> {
    const now = this.clock.now();
    return isTogether ? handle(events, { consumer, now }) : once(this.db, consumer, events, now, handle);
  }

  private async run(handler: Handler, event: LatchkeyEvent, patience: number): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        await this.handle(handler, [event]);
        consumed.inc({ consumer: handler.consumer, result: 'ok' });
        return;
      } catch (err) {
        if (isDatabaseUnavailable(err)) throw err;
        if (attempt < ATTEMPTS && performance.now() < patience) {
          await delay(BACKOFF_MS * 4 ** (attempt - 1));
          continue;
        }
        this.log.error(
          { err, event_id: event.id, type: event.type, consumer: handler.consumer },
          'parked an event that could not be handled',
        );
        const error = String(err instanceof Error ? (err.stack ?? err) : err).slice(0, ERROR_LENGTH);
        await this.deadLetters.park({ event, consumer: handler.consumer, error });
        consumed.inc({ consumer: handler.consumer, result: 'parked' });
        return;
      }
    }
  }
}
