export { type Backing, type BackingOptions } from './backing/backing.js';
export { startKafka } from './backing/kafka.js';
export { startPostgres, type PostgresBacking } from './backing/postgres.js';
export { startRedis } from './backing/redis.js';
export { BapiClient } from './bapi-client.js';
export { TestBrowser } from './browser.js';
export { Given, PASSWORD, testEmail, type SignedIn } from './given.js';
export { send, type Reply } from './http-client.js';
export { useLatchkey, type InstanceOptions, type TestInstance } from './use-latchkey.js';
