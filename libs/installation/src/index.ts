export * from './announcement.js';
export * from './app-env.js';
export * from './control.js';
export * from './declaration-file.js';
export * from './declare.js';
export * from './installation-keys.js';
export * from './local-authority.js';
export * from './rotate-keys.js';
