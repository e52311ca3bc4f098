import type { OnApplicationShutdown, OnModuleInit } from '@nestjs/common';
import { deadLetterTopicOf, topicOf, type EventSource } from '@latchkey/contracts';
import { Kafka, logLevel, type KafkaConfig, type Producer, type ProducerRecord } from 'kafkajs';
import { logOf } from '@latchkey/observability';

/** How Kafka is reached, and what topics are made with. */
export interface KafkaOptions {
  brokers: string[];
  partitions: number;
  replicationFactor: number;
}

const SERVICES: EventSource[] = ['identity', 'organizations', 'billing', 'webhooks'];

/** The client settings that producer and consumers share. */
export const kafkaConfig = (service: string, options: KafkaOptions): KafkaConfig => ({
  clientId: `latchkey-${service}`,
  brokers: options.brokers,
  retry: { initialRetryTime: 200, maxRetryTime: 5000, retries: 8 },
  logLevel: logLevel.WARN,
  logCreator: () => {
    const log = logOf({ kafka: service });
    return ({ level, log: { message, ...entry } }) =>
      (level <= logLevel.ERROR ? log.error : log.warn).call(log, entry, message);
  },
});

/** A service's one connection for producing. Makes the topics it needs when they are missing. */
export class KafkaProducer implements OnModuleInit, OnApplicationShutdown {
  private readonly kafka: Kafka;
  private readonly producer: Producer;

  constructor(
    private readonly service: EventSource,
    private readonly options: KafkaOptions,
  ) {
    // eslint-disable-next-line no-restricted-properties -- kafkajs has no other switch for it
    process.env.KAFKAJS_NO_PARTITIONER_WARNING = '1';
    this.kafka = new Kafka(kafkaConfig(service, options));
    this.producer = this.kafka.producer({ idempotent: true, maxInFlightRequests: 1 });
  }

  async onModuleInit(): Promise<void> {
    await this.createTopics();
    await this.producer.connect();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.producer.disconnect();
  }

  async send(record: ProducerRecord): Promise<void> {
    await this.producer.send(record);
  }

  private async createTopics(): Promise<void> {
    const admin = this.kafka.admin();
    await admin.connect();
    try {
      const topics = SERVICES.flatMap((source) => [topicOf(source), deadLetterTopicOf(topicOf(source), this.service)]);
      const { partitions: numPartitions, replicationFactor } = this.options;
      await admin.createTopics({
        waitForLeaders: true,
        topics: topics.map((topic) => ({ topic, numPartitions, replicationFactor })),
      });
      // Those that another service is making at this moment are "there" before anybody leads them: asked again until somebody does.
      await admin.fetchTopicMetadata({ topics });
    } finally {
      await admin.disconnect();
    }
  }
}
