export * from './due-tasks.js';
export * from './job-queue.js';
export * from './jobs.module.js';
export * from './sweeper.js';
export { TimersJobQueue } from './adapters/timers/timers-job-queue.js';
