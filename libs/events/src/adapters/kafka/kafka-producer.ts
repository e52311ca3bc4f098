import { setTimeout as delay } from 'node:timers/promises';
import type { OnApplicationShutdown, OnModuleInit } from '@nestjs/common';
import { deadLetterTopicOf, topicOf, type EventSource } from '@latchkey/contracts';
import { Kafka, logLevel, type KafkaConfig, type Producer, type ProducerRecord } from 'kafkajs';
import { logOf } from '@latchkey/observability';
import { TOPIC_RETENTION_MS } from '../../retention.js';
import './kafka-request-queue.js';

/** TLS and the proof of identity that the brokers ask for. */
export type KafkaSecurity = Pick<KafkaConfig, 'ssl' | 'sasl'>;

/** How Kafka is reached, and what topics are made with. */
export interface KafkaOptions extends KafkaSecurity {
  brokers: string[];
  partitions: number;
  /** Left out, the brokers' own default. */
  replicationFactor?: number;
}

/** The largest record of a topic: four times what Kafka takes as it comes, and no more than hosted ones allow. */
const MESSAGE_BYTES = 4 * 1024 * 1024;
/** What a dead letter has besides its event: the error above all. */
const LETTER_BYTES = 64 * 1024;
/** Kafka's way to say that the brokers' `default.replication.factor` decides. */
const BROKERS_DEFAULT = -1;
const LED_WITHIN_MS = 30_000;
const LED_POLL_MS = 200;
const SERVICES: EventSource[] = ['identity', 'organizations', 'billing', 'webhooks'];

/**
 * What kafkajs tells of a healthy start, too. A refused request (a coordinator that is still loading, a topic that another service has just
 * made) is sent again, or the error is thrown to whoever asked, and logged there; and `send` knows what limited retries mean.
 */
const EXPECTED = /^Response |^Limiting retries for the idempotent producer/;

/** The client settings that producer and consumers share. */
export const kafkaConfig = (service: string, options: KafkaOptions): KafkaConfig => ({
  clientId: `latchkey-${service}`,
  brokers: options.brokers,
  ssl: options.ssl,
  sasl: options.sasl,
  retry: { initialRetryTime: 200, maxRetryTime: 5000, retries: 8 },
  logLevel: logLevel.WARN,
  logCreator: () => {
    const log = logOf({ kafka: service });
    return ({ level, log: { message, ...entry } }) => {
      const write = EXPECTED.test(message) ? log.debug : level <= logLevel.ERROR ? log.error : log.warn;
      write.call(log, entry, message);
    };
  },
});

/** A service's one connection for producing. Makes the topics it needs when they are missing. */
export class KafkaProducer implements OnModuleInit, OnApplicationShutdown {
  private readonly kafka: Kafka;
  private producer: Promise<Producer> | undefined;
  private isClosed = false;

  constructor(
    private readonly service: EventSource,
    private readonly options: KafkaOptions,
  ) {
    // eslint-disable-next-line no-restricted-properties -- kafkajs has no other switch for it
    process.env.KAFKAJS_NO_PARTITIONER_WARNING = '1';
    this.kafka = new Kafka(kafkaConfig(service, options));
  }

  async onModuleInit(): Promise<void> {
    await this.createTopics();
    await (this.producer = this.connect());
  }

  async onApplicationShutdown(): Promise<void> {
    this.isClosed = true;
    const producer = await this.producer?.catch(() => undefined);
    await producer?.disconnect();
  }

  /** Resolves when Kafka has the messages; those of one key keep their order. After an error it may have some of them. */
  async send(record: ProducerRecord): Promise<void> {
    if (this.isClosed) throw new Error('The producer is closed');
    const producer = (this.producer ??= this.connect());
    try {
      await (await producer).send(record);
    } catch (error) {
      // Kafka may have taken what it could not acknowledge any more. The next request would reuse its sequence numbers for other
      // records, which is refused for ever, or taken for the same records and dropped. A new producer begins anew.
      if (this.producer === producer) {
        this.producer = undefined;
        void producer.then((broken) => broken.disconnect()).catch(() => undefined);
      }
      throw error;
    }
  }

  private async connect(): Promise<Producer> {
    const producer = this.kafka.producer({ idempotent: true, maxInFlightRequests: 1 });
    await producer.connect();
    return producer;
  }

  private async createTopics(): Promise<void> {
    const admin = this.kafka.admin();
    await admin.connect();
    try {
      const { partitions: numPartitions, replicationFactor = BROKERS_DEFAULT } = this.options;
      const topics = SERVICES.map(topicOf);
      const dead = topics.map((topic) => deadLetterTopicOf(topic, this.service));
      const size = (bytes: number) => ({ name: 'max.message.bytes', value: String(bytes) });
      const ofEvents = [size(MESSAGE_BYTES), { name: 'retention.ms', value: String(TOPIC_RETENTION_MS) }];
      // Dead letters wait for a person, however long that takes.
      const ofLetters = [size(MESSAGE_BYTES + LETTER_BYTES), { name: 'retention.ms', value: '-1' }];
      await admin.createTopics({
        waitForLeaders: true,
        topics: [
          ...topics.map((topic) => ({ topic, numPartitions, replicationFactor, configEntries: ofEvents })),
          ...dead.map((topic) => ({ topic, numPartitions, replicationFactor, configEntries: ofLetters })),
        ],
      });
      await untilLed(() => admin.fetchTopicMetadata({ topics: [...topics, ...dead] }));
    } finally {
      await admin.disconnect();
    }
  }
}

/** Topics that another service is making at this moment are "there" before anybody leads them: asked again until somebody does. */
async function untilLed(ask: () => Promise<unknown>): Promise<void> {
  const deadline = performance.now() + LED_WITHIN_MS;
  for (;;) {
    try {
      await ask();
      return;
    } catch (error) {
      const { retriable } = error as { retriable?: boolean };
      if (!retriable || performance.now() > deadline) throw error;
      await delay(LED_POLL_MS);
    }
  }
}
