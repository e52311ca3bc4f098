import { PoolSize } from '@latchkey/db';
import { z } from 'zod';

export const IdentityConfig = z.object({
  /** This service's own database. */
  IDENTITY_DATABASE_URL: z
    .url({ protocol: /^postgres(ql)?$/ })
    .meta({ example: 'postgresql://latchkey:secret@postgres/identity' }),
  /** Most connections to it that this process opens, 3 or more: transactions leave two of them to reads. */
  IDENTITY_DATABASE_POOL: PoolSize.default(10),
  /** How long sign-ins, sign-ups and tickets that are over are kept, in days. Sign-ups that were given up are removed after two. */
  IDENTITY_RETENTION_DAYS: z.coerce.number().int().min(1).max(3650).default(30),
  /** How long sessions that are over, and clients and development browsers that nobody uses, are kept, in days. */
  IDENTITY_SESSION_RETENTION_DAYS: z.coerce.number().int().min(1).max(3650).default(90),
  /** Shared with the gateway, which signs the request context with it. */
  CONTEXT_SIGNING_KEY: z.string().min(32),
  /** Encrypts signing keys and other secrets that must be read again. Losing it makes them unreadable. */
  MASTER_KEY: z.string().min(32),
});
export type IdentityConfig = z.output<typeof IdentityConfig>;

/** Under which Nest finds the configuration. */
export const IDENTITY_CONFIG = Symbol('IdentityConfig');
