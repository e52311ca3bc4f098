import type { Reached } from '../fapi/fapi-requests.service.js';

/** Where the pages of an instance begin, as the browser sees it: behind a proxy below the proxy's path. */
export const basePath = ({ isProxied, fapiUrl }: Reached): string =>
  isProxied ? new URL(fapiUrl).pathname.replace(/\/$/, '') : '';

/** The browser's own way from a page to FAPI; empty where the publishable key says it. */
export const proxyUrlFor = ({ instance, isProxied, fapiUrl }: Reached): string =>
  isProxied || instance.environment === 'development' ? fapiUrl : '';
