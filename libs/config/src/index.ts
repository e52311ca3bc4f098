export * from './load-config.js';
export * from './misspelt.js';
export * from './shared-port.js';
