import { Controller, type Type } from '@nestjs/common';
import { Ctx, EventPattern, KafkaContext, Payload } from '@nestjs/microservices';
import type { EventSource, LatchkeyEvent } from '@latchkey/contracts';
import { logOf } from '@latchkey/observability';
import { EventDispatcher } from '../../dispatcher.js';
import type { KafkaDeadLetters } from './kafka-dead-letters.js';

/** A Nest controller that takes the events of `topics` from Kafka to the service's consumers. */
export function kafkaInbound(service: EventSource, topics: string[], deadLetters: KafkaDeadLetters): Type<unknown> {
  const log = logOf({ consumer_of: service });

  @Controller()
  class KafkaInbound {
    constructor(private readonly dispatcher: EventDispatcher) {}

    /** An error leaves the offset where it is, and Kafka delivers the event again. */
    async consume(value: unknown, context: KafkaContext): Promise<void> {
      const topic = context.getTopic();
      if (isEventOf(topic, value)) return this.dispatcher.dispatch(value);
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

/** Whether a record's value is an envelope, as far as the inbox and the consumers rely on it. */
function isEventOf(topic: string, value: unknown): value is LatchkeyEvent {
  if (typeof value !== 'object' || value === null) return false;
  const { id, type, source, subject, time, instanceid } = value as Record<string, unknown>;
  const areTexts = [id, type, source, subject, time, instanceid].every((text) => typeof text === 'string');
  return areTexts && `/${topic.split('.')[1]}` === source && !Number.isNaN(Date.parse(time as string));
}
