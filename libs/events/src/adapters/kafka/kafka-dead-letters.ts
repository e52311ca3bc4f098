import { deadLetterTopicOf, eventTypes, topicOf, type EventSource, type LatchkeyEvent } from '@latchkey/contracts';
import type { KafkaProducer } from './kafka-producer.js';
import { DeadLetters } from '../../dispatcher.js';

/** Parks events on the dead-letter topic of the service that could not consume them. */
export class KafkaDeadLetters extends DeadLetters {
  constructor(
    private readonly service: EventSource,
    private readonly producer: KafkaProducer,
  ) {
    super();
  }

  async park({ event, consumer, error }: { event: LatchkeyEvent; consumer: string; error: string }): Promise<void> {
    const topic = topicOf(eventTypes[event.type]);
    await this.producer.send({
      topic: deadLetterTopicOf(topic, this.service),
      acks: -1,
      messages: [
        {
          key: event.subject,
          value: JSON.stringify(event),
          headers: { 'x-consumer': consumer, 'x-error': error, 'x-topic': topic },
        },
      ],
    });
  }
}
