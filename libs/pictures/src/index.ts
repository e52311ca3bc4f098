export * from './avatars.js';
export * from './pictures.js';
export * from './responses.js';
