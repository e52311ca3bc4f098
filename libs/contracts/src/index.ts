export * from './context.js';
export * from './events.js';
export * from './formats.js';
export * from './operations/index.js';
export * from './metadata.js';
export * from './storable.js';
export * from './test-identifiers.js';
