export * from './distributed.js';
export * from './platform.js';
export * from './platform.module.js';
export * from './serve.js';
export * from './standalone.js';
