export * from './create-db.js';
export * from './transaction.js';
