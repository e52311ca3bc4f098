export { InProcessBus } from './adapters/in-process/in-process-bus.js';
export { kafkaConfig, type KafkaOptions, type KafkaSecurity } from './adapters/kafka/kafka-producer.js';
export { KafkaServer } from './adapters/kafka/kafka-server.js';
export * from './consumer.decorators.js';
export * from './dispatcher.js';
export * from './events.module.js';
export * from './outbox.js';
