import { PoolSize } from '@latchkey/db';
import { z } from 'zod';

export const BillingConfig = z.object({
  /** This service's own database. */
  BILLING_DATABASE_URL: z
    .url({ protocol: /^postgres(ql)?$/ })
    .meta({ example: 'postgresql://latchkey:secret@postgres/billing' }),
  /** Most connections to it that this process opens, 3 or more: transactions leave two of them to reads. */
  BILLING_DATABASE_POOL: PoolSize.default(10),
  /** Shared with the gateway, which signs the request context with it. */
  CONTEXT_SIGNING_KEY: z.string().min(32),
});
export type BillingConfig = z.output<typeof BillingConfig>;
