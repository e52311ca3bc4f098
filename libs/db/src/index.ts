export * from './columns.js';
export * from './create-db.js';
export { aside, MIN_POOL_SIZE, PoolSize, refuseSecondConnections } from './service-pool.js';
export * from './transaction.js';
export * from './db.module.js';
export * from './patterns.js';
