import { z } from 'zod';

/** Body of BAPI `RefreshSession`. */
export const RefreshSession = z.strictObject({
  expired_token: z.string(),
  refresh_token: z.string(),
  request_origin: z.string(),
  request_headers: z.record(z.string(), z.unknown()).nullish(),
  format: z.enum(['token', 'cookie']).nullish(),
  request_originating_ip: z.string().nullish(),
});
export type RefreshSession = z.output<typeof RefreshSession>;

/** Query of BAPI `RefreshSession`. */
export const RefreshSessionQuery = z.object({ suffixed_cookies: z.string().optional() });
export type RefreshSessionQuery = z.output<typeof RefreshSessionQuery>;
