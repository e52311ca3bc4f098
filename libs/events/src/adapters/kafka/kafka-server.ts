import { ServerKafka, type KafkaOptions as NestKafkaOptions } from '@nestjs/microservices';
import type { EventSource } from '@latchkey/contracts';
import { logOf } from '@latchkey/observability';
import type { Consumer, EachBatchPayload } from 'kafkajs';
import { consumerGroup } from './kafka-group.js';
import { kafkaConfig, type KafkaOptions } from './kafka-producer.js';

const AGAIN_MS = 1_000;
const PARTITIONS_AT_ONCE = 4;
/** How many records of a partition are handled at a time. */
const PART = 200;

/**
 * Nest's Kafka transport with a consumer that always comes back while Kafka is away. kafkajs gives up for good when it finds no
 * coordinator, and would leave a process that answers requests and consumes nothing.
 */
export class KafkaServer extends ServerKafka {
  private readonly log;
  private isClosed = false;

  /** @param onGivenUp called when Kafka has refused the consumer, or a fault of ours has ended it: nothing but a new process may help */
  constructor(
    service: EventSource,
    options: KafkaOptions,
    private readonly onGivenUp: (error: Error) => void,
  ) {
    super({
      client: kafkaConfig(service, options),
      consumer: consumerGroup(service),
    } satisfies NestKafkaOptions['options']);
    this.log = logOf({ consumer_of: service });
  }

  override async bindEvents(consumer: Consumer): Promise<void> {
    // Before it runs, for it may give up at once.
    consumer.on(consumer.events.CRASH, ({ payload: { error, restart } }) => {
      if (!restart) this.recover(consumer, error);
    });
    const topics = [...this.messageHandlers.keys()];
    if (topics.length > 0) await consumer.subscribe({ fromBeginning: true, topics });
    await this.run(consumer);
  }

  override async close(): Promise<void> {
    this.isClosed = true;
    await super.close();
  }

  /** Topics are handled by their names. Nest's own way tries to read each as JSON first, which costs more per record than reading the record. */
  protected override getRouteFromPattern(pattern: string): string {
    return pattern;
  }

  private recover(consumer: Consumer, error: Error): void {
    if (this.isClosed) return;
    if (!isAway(error)) return this.onGivenUp(error);
    this.log.warn({ err: error }, 'the consumer starts anew, for Kafka is away');
    setTimeout(() => {
      this.runAgain(consumer).catch((again: Error) => this.recover(consumer, again));
    }, AGAIN_MS);
  }

  private async runAgain(consumer: Consumer): Promise<void> {
    if (this.isClosed) return;
    await consumer.connect();
    await this.run(consumer);
  }

  private run(consumer: Consumer): Promise<void> {
    return consumer.run({
      partitionsConsumedConcurrently: PARTITIONS_AT_ONCE,
      eachBatchAutoResolve: false,
      eachBatch: (payload) => this.handleBatch(payload),
    });
  }

  /** Handles records in parts, those of different keys at the same time. A part that fails comes again, whole. */
  private async handleBatch(payload: EachBatchPayload): Promise<void> {
    const { topic, partition, messages } = payload.batch;
    const heartbeat = () => payload.heartbeat();
    const pause = () => payload.pause();
    const handle = this.getMessageHandler();
    for (let from = 0; from < messages.length; from += PART) {
      if (!payload.isRunning() || payload.isStale()) return;
      const part = messages.slice(from, from + PART);
      const queues = Map.groupBy(part, ({ key, offset }) => key?.toString() ?? offset).values();
      const work = [...queues].map(async (queue) => {
        for (const message of queue) await handle({ topic, partition, message, heartbeat, pause });
      });
      const failed = (await Promise.allSettled(work)).find((result) => result.status === 'rejected');
      if (failed) throw failed.reason;
      payload.resolveOffset(part.at(-1)!.offset);
      await heartbeat();
      await payload.commitOffsetsIfNecessary();
    }
  }
}

/** What kafkajs and Node call it when nobody answers, or nobody who could help. */
const AWAY = new Set([
  'KafkaJSBrokerNotFound',
  'KafkaJSConnectionClosedError',
  'KafkaJSConnectionError',
  'KafkaJSGroupCoordinatorNotFound',
  'KafkaJSLockTimeout',
  'KafkaJSMetadataNotLoaded',
  'KafkaJSNoBrokerAvailableError',
  'KafkaJSNumberOfRetriesExceeded',
  'KafkaJSRequestTimeoutError',
  'KafkaJSTimeout',
  'KafkaJSTopicMetadataNotLoaded',
]);
const AWAY_CODE = /^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN)$/;

function isAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { name, code, cause } = error as { name: string; code?: unknown; cause?: unknown };
  return AWAY.has(name) || AWAY_CODE.test(String(code)) || isAway(cause);
}
