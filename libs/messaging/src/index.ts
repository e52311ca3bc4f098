export * from './local-inbox.js';
export * from './mail-queue.js';
export * from './mail-queue.module.js';
export * from './mail-worker.js';
export * from './messaging.module.js';
export * from './senders.js';
export * from './told-mail.js';
