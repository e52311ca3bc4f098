import { PoolSize } from '@latchkey/db';
import { z } from 'zod';

export const WebhooksConfig = z.object({
  /** This service's own database. */
  WEBHOOKS_DATABASE_URL: z
    .url({ protocol: /^postgres(ql)?$/ })
    .meta({ example: 'postgresql://latchkey:secret@postgres/webhooks' }),
  /** Most connections to it that this process opens, 3 or more: transactions leave two of them to reads. */
  WEBHOOKS_DATABASE_POOL: PoolSize.default(10),
  /** Shared with the gateway, which signs the request context with it. */
  CONTEXT_SIGNING_KEY: z.string().min(32),
  /** Encrypts the secrets that messages are signed with. Losing it makes them unreadable. */
  MASTER_KEY: z.string().min(32),
  /** Networks that endpoints may lie in although they are not public, separated by commas. */
  WEBHOOKS_ALLOWED_TARGETS: z
    .string()
    .default('')
    .transform((text) =>
      text
        .split(',')
        .map((range) => range.trim())
        .filter(Boolean),
    )
    .meta({ example: '127.0.0.0/8,::1/128' }),
  /** How many days messages and attempts are kept; payloads no longer than 90 of them. */
  WEBHOOKS_RETENTION_DAYS: z.coerce.number().int().min(1).max(3650).default(90),
  /** Most messages that this process sends at the same time. */
  WEBHOOKS_MAX_IN_FLIGHT: z.coerce.number().int().min(1).default(1024),
  /** Where browsers find the portal; without it below the instance's own FAPI. */
  WEBHOOKS_PORTAL_URL: z.url().optional().meta({ example: 'https://webhooks.example.com' }),
});
export type WebhooksConfig = z.output<typeof WebhooksConfig>;

/** Under which Nest finds the configuration. */
export const WEBHOOKS_CONFIG = Symbol('WebhooksConfig');
