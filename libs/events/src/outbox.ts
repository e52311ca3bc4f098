import { afterCommit } from '@latchkey/db';
import { newId, type Clock } from '@latchkey/core';
import type { EventData, EventSource, EventType, LatchkeyEvent } from '@latchkey/contracts';
import { trace } from '@opentelemetry/api';

/** Who or what caused an event: a request's context, or just an instance for causes in the background. */
export interface EventCause {
  instanceId: string;
  ipAddress?: string;
  userAgent?: string;
}

/** An event before the outbox has given it an id and a time. */
export type NewEvent<T extends EventType = EventType> = Omit<LatchkeyEvent<T>, 'id' | 'time' | 'source'>;

/**
 * Describes what has happened, for `Outbox.add`.
 *
 * @param subject the aggregate's id; events of one subject are delivered in the order in which they were added
 */
export function event<T extends EventType>(
  cause: EventCause,
  type: T,
  subject: string,
  data: EventData<T>,
): NewEvent<T> {
  return {
    specversion: '1.0',
    type,
    subject,
    datacontenttype: 'application/json',
    data,
    instanceid: cause.instanceId,
    clientip: cause.ipAddress ?? '',
    useragent: cause.userAgent ?? '',
  };
}

/** The part of a transaction that the outbox writes to. */
export interface OutboxTx {
  outboxEvent: { createMany(args: { data: OutboxRow[] }): Promise<unknown> };
}

interface OutboxRow {
  key: string;
  type: string;
  envelope: string;
  createdAt: Date;
}

/** Wakes whoever forwards events. */
export abstract class RelayWaker {
  /** Says that there may be something to forward. */
  abstract poke(): void;
}

/** Where a service leaves its events: a table, written in the transaction that makes the event true. */
export class Outbox {
  private readonly wake: () => void;

  constructor(
    private readonly source: EventSource,
    private readonly clock: Clock,
    waker: RelayWaker,
  ) {
    this.wake = () => waker.poke();
  }

  /**
   * Adds events; they are published once `tx` commits, and never when it does not.
   * Add them after the rows of their subject are written: the row lock then keeps the order within the subject.
   */
  async add(tx: OutboxTx, ...events: NewEvent[]): Promise<void> {
    const now = this.clock.now();
    const traceparent = currentTraceparent();
    await tx.outboxEvent.createMany({
      data: events.map((item) => {
        const full: LatchkeyEvent = {
          ...item,
          id: newId('event', now),
          source: `/${this.source}`,
          time: now.toISOString(),
          traceparent,
        };
        return { key: item.subject, type: item.type, envelope: JSON.stringify(full), createdAt: now };
      }),
    });
    afterCommit(tx, this.wake);
  }
}

function currentTraceparent(): string | undefined {
  const span = trace.getActiveSpan()?.spanContext();
  return span && `00-${span.traceId}-${span.spanId}-0${span.traceFlags.toString(16)}`;
}
