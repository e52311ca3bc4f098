export * from './log.js';
export * from './metrics.js';
export * from './nest-logger.js';
export { loggedError } from './safe.js';
