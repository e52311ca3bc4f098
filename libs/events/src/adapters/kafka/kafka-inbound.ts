import { Controller, type Type } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import type { LatchkeyEvent } from '@latchkey/contracts';
import { EventDispatcher } from '../../dispatcher.js';

/** A Nest controller that takes the events of `topics` from Kafka to the service's consumers. */
export function kafkaInbound(topics: string[]): Type<unknown> {
  @Controller()
  class KafkaInbound {
    constructor(private readonly dispatcher: EventDispatcher) {}

    /** An error leaves the offset where it is, and Kafka delivers the event again. */
    async consume(event: LatchkeyEvent): Promise<void> {
      await this.dispatcher.dispatch(event);
    }
  }
  const method = Object.getOwnPropertyDescriptor(KafkaInbound.prototype, 'consume')!;
  Payload()(KafkaInbound.prototype, 'consume', 0);
  EventPattern<string[]>(topics)(KafkaInbound.prototype, 'consume', method as never);
  return KafkaInbound;
}
