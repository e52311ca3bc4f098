export * from './columns.js';
export * from './create-db.js';
export * from './transaction.js';
export * from './db.module.js';
export * from './patterns.js';
