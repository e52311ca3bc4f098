import { topicOf, type EventSource } from '@latchkey/contracts';
import type { KafkaProducer } from './kafka-producer.js';
import { EventBus, MessageRefused, type BusMessage } from '../../bus.js';

/**
 * Most that one request holds. Kafka refuses a batch for one partition above `message.max.bytes`, 1 MB as it comes, and a busy
 * user's events all go to one.
 */
const REQUEST_BYTES = 700_000;

/** Publishes a service's events on its topic; acknowledged by all in-sync replicas. */
export class KafkaBus extends EventBus {
  constructor(
    private readonly service: EventSource,
    private readonly producer: KafkaProducer,
  ) {
    super();
  }

  async publish(messages: BusMessage[]): Promise<void> {
    for (const part of inParts(messages)) await this.send(part);
  }

  private async send(part: BusMessage[]): Promise<void> {
    try {
      await this.producer.send({
        topic: topicOf(this.service),
        acks: -1,
        messages: part.map(({ key, envelope }) => ({
          key,
          value: envelope,
          headers: { 'content-type': 'application/cloudevents+json' },
        })),
      });
    } catch (error) {
      if (!isTooLarge(error)) throw error;
      if (part.length === 1) throw new MessageRefused(part[0]!, error);
      for (const message of part) await this.send([message]);
    }
  }
}

const isTooLarge = (error: unknown): boolean =>
  ['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE'].includes(String((error as { type?: unknown }).type)) ||
  (error instanceof Error && error.cause !== undefined && isTooLarge(error.cause));

/** Splits messages, in their order, into requests that Kafka takes. */
function* inParts(messages: readonly BusMessage[]): Generator<BusMessage[]> {
  let part: BusMessage[] = [];
  let bytes = 0;
  for (const message of messages) {
    const size = Buffer.byteLength(message.envelope) + 200;
    if (part.length > 0 && bytes + size > REQUEST_BYTES) {
      yield part;
      [part, bytes] = [[], 0];
    }
    part.push(message);
    bytes += size;
  }
  if (part.length > 0) yield part;
}
