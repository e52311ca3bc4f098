import { Controller, type Type } from '@nestjs/common';
import { Ctx, EventPattern, KafkaContext, Payload } from '@nestjs/microservices';
import type { EventSource, LatchkeyEvent } from '@latchkey/contracts';
import { logOf } from '@latchkey/observability';
import { EventDispatcher } from '../../dispatcher.js';
import type { KafkaDeadLetters } from './kafka-dead-letters.js';
import { HEARTBEAT_MS } from './kafka-group.js';

/** A Nest controller that takes the events of `topics` from Kafka to the service's consumers. */
export function kafkaInbound(service: EventSource, topics: string[], deadLetters: KafkaDeadLetters): Type<unknown> {
  const log = logOf({ consumer_of: service });

  @Controller()
  class KafkaInbound {
    constructor(private readonly dispatcher: EventDispatcher) {}

    /** An error leaves the offset where it is, and Kafka delivers the event again. */
    async consume(value: unknown, context: KafkaContext): Promise<void> {
      const topic = context.getTopic();
      if (isEventOf(topic, value)) return beating(context.getHeartbeat(), this.dispatcher.dispatch(value));
      const { offset, key } = context.getMessage();
      log.error({ topic, partition: context.getPartition(), offset }, 'parked a record that is not an event');
      await deadLetters.parkUnreadable(topic, key?.toString() ?? null, value);
    }
  }
  const method = Object.getOwnPropertyDescriptor(KafkaInbound.prototype, 'consume')!;
  Payload()(KafkaInbound.prototype, 'consume', 0);
  Ctx()(KafkaInbound.prototype, 'consume', 1);
  EventPattern<string[]>(topics)(KafkaInbound.prototype, 'consume', method as never);
  return KafkaInbound;
}

/**
 * Waits for `work` and tells Kafka meanwhile that this consumer lives. A handler that waits for a lock, or is tried again, may take
 * longer than a session; its partitions would go to another consumer, which then waits for the same.
 */
async function beating(beat: () => Promise<void>, work: Promise<void>): Promise<void> {
  // An error is about the group, not about this event: whoever fetches next gets it too, and joins the group again.
  const timer = setInterval(() => void beat().catch(() => undefined), HEARTBEAT_MS);
  try {
    await work;
  } finally {
    clearInterval(timer);
  }
}

/** Whether a record's value is an envelope, as far as the inbox and the consumers rely on it. */
function isEventOf(topic: string, value: unknown): value is LatchkeyEvent {
  if (typeof value !== 'object' || value === null) return false;
  const { id, type, source, subject, time, instanceid } = value as Record<string, unknown>;
  const areTexts = [id, type, source, subject, time, instanceid].every((text) => typeof text === 'string');
  return areTexts && `/${topic.split('.')[1]}` === source && !Number.isNaN(Date.parse(time as string));
}
