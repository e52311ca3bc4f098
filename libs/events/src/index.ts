export { InProcessBus } from './adapters/in-process/in-process-bus.js';
export { consumerGroup } from './adapters/kafka/kafka-group.js';
export { kafkaConfig, type KafkaOptions, type KafkaSecurity } from './adapters/kafka/kafka-producer.js';
export * from './consumer.decorators.js';
export * from './dispatcher.js';
export * from './events.module.js';
export * from './outbox.js';
