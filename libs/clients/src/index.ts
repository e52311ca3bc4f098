export { HttpTransport } from './adapters/http/http-transport.js';
export { InProcessTransport } from './adapters/in-process/in-process-transport.js';
export * from './service-client.js';
export * from './service-transport.js';
export * from './identity/client-states.js';
export * from './identity/identity-client.js';
export * from './identity/instance-views.js';
export * from './identity/user-summaries.js';
