export { type Backing, type BackingOptions } from './backing/backing.js';
export { startKafka } from './backing/kafka.js';
export { startPostgres, type PostgresBacking } from './backing/postgres.js';
export { startRedis } from './backing/redis.js';
