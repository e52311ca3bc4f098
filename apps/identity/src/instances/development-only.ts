import type { RequestContext } from '@latchkey/contracts';
import { refusal } from '@latchkey/core';

/** @throws `request_invalid_for_environment` (400) in production: `longMessage` says what is for development */
export function requireDevelopment({ environment }: RequestContext, longMessage: string): void {
  if (environment === 'development') return;
  throw refusal(400, 'request_invalid_for_environment', 'Request only valid for development instances.', longMessage);
}
