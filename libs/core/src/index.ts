export * from './api-error.js';
export * from './error-codes.js';
export * from './clock.js';
export * from './ids.js';
export * from './random.js';
export * from './raw-json.js';
export * from './secrets.js';
