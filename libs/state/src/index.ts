export * from './rate-limits.js';
export * from './read-through.js';
export * from './shared-state.js';
export * from './state.module.js';
export { MemorySharedState } from './adapters/memory/memory-shared-state.js';
