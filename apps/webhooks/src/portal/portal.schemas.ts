import { z } from 'zod';
import { ApplicationIn } from '../applications/applications.schemas.js';

/** What a portal session may do. */
export const capabilities = [
  'ViewBase',
  'ViewEndpointSecret',
  'ManageEndpointSecret',
  'ManageTransformations',
  'CreateAttempts',
  'ManageEndpoint',
] as const;
export type Capability = (typeof capabilities)[number];

/** Body of `authentication.appPortalAccess`. */
export const PortalAccessIn = z.object({
  application: ApplicationIn.nullish(),
  capabilities: z.array(z.enum(capabilities)).nullish(),
  expiry: z
    .int()
    .min(3600)
    .max(7 * 86_400)
    .nullish()
    .transform((seconds) => seconds ?? 7 * 86_400),
  featureFlags: z.array(z.string()).nullish(),
  readOnly: z.boolean().nullish(),
  sessionId: z.string().max(256).nullish(),
});
export type PortalAccessIn = z.output<typeof PortalAccessIn>;

/** Body of `authentication.expireAll`. */
export const ExpireAllIn = z.object({
  expiry: z
    .int()
    .min(0)
    .max(7 * 86_400)
    .nullish()
    .transform((seconds) => seconds ?? 0),
  sessionIds: z.array(z.string()).nullish(),
});
export type ExpireAllIn = z.output<typeof ExpireAllIn>;

/** Body of the portal's own call that turns a link into a session. */
export const OpenIn = z.strictObject({ key: z.string().min(1).max(256) });
export type OpenIn = z.output<typeof OpenIn>;
