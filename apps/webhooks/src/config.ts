import { z } from 'zod';

export const WebhooksConfig = z.object({
  /** This service's own database. */
  WEBHOOKS_DATABASE_URL: z
    .url({ protocol: /^postgres(ql)?$/ })
    .meta({ example: 'postgresql://latchkey:secret@postgres/webhooks' }),
  /** Most connections to it that this process opens. */
  WEBHOOKS_DATABASE_POOL: z.coerce.number().int().min(1).default(10),
  /** Shared with the gateway, which signs the request context with it. */
  CONTEXT_SIGNING_KEY: z.string().min(32),
});
export type WebhooksConfig = z.output<typeof WebhooksConfig>;
