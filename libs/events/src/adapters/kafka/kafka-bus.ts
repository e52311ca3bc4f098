import { topicOf, type EventSource } from '@latchkey/contracts';
import type { KafkaProducer } from './kafka-producer.js';
import { EventBus, type BusMessage } from '../../bus.js';

/** Publishes a service's events on its topic; acknowledged by all in-sync replicas. */
export class KafkaBus extends EventBus {
  constructor(
    private readonly service: EventSource,
    private readonly producer: KafkaProducer,
  ) {
    super();
  }

  async publish(messages: BusMessage[]): Promise<void> {
    await this.producer.send({
      topic: topicOf(this.service),
      acks: -1,
      messages: messages.map(({ key, envelope }) => ({
        key,
        value: envelope,
        headers: { 'content-type': 'application/cloudevents+json' },
      })),
    });
  }
}
