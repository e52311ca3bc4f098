import { deadLetterTopicOf, topicOf, type EventSource } from '@latchkey/contracts';
import type { KafkaProducer } from './kafka-producer.js';
import { DeadLetters, type DeadLetter } from '../../dispatcher.js';

/** Parks events on the dead-letter topic of the service that could not consume them. */
export class KafkaDeadLetters extends DeadLetters {
  constructor(
    private readonly service: EventSource,
    private readonly producer: KafkaProducer,
  ) {
    super();
  }

  async park({ event, consumer, error }: DeadLetter): Promise<void> {
    // Not by the type: it may be one that only a newer version of the other service knows.
    const topic = topicOf(event.source.slice(1) as EventSource);
    await this.send(topic, event.subject, JSON.stringify(event), consumer, error);
  }

  /** Parks what is no event at all. Nobody can replay it; it is kept for whoever looks for where it came from. */
  async parkUnreadable(topic: string, key: string | null, value: unknown): Promise<void> {
    const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? null);
    await this.send(topic, key, text, UNREADABLE, 'This is not an event: it has no envelope that can be read.');
  }

  private async send(topic: string, key: string | null, value: string | null, consumer: string, error: string) {
    await this.producer.send({
      topic: deadLetterTopicOf(topic, this.service),
      acks: -1,
      messages: [{ key, value, headers: { 'x-consumer': consumer, 'x-error': error, 'x-topic': topic } }],
    });
  }
}

/** In place of a consumer's name. */
const UNREADABLE = '-';
