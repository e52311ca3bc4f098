import { PoolSize } from '@latchkey/db';
import { z } from 'zod';

export const OrganizationsConfig = z.object({
  /** This service's own database. */
  ORGANIZATIONS_DATABASE_URL: z
    .url({ protocol: /^postgres(ql)?$/ })
    .meta({ example: 'postgresql://latchkey:secret@postgres/organizations' }),
  /** Most connections to it that this process opens, 3 or more: transactions leave two of them to reads. */
  ORGANIZATIONS_DATABASE_POOL: PoolSize.default(10),
  /** Shared with the gateway, which signs the request context with it. */
  CONTEXT_SIGNING_KEY: z.string().min(32),
  /** Encrypts what must be read again: mails that wait, challenges of domains. Losing it makes them unreadable. */
  MASTER_KEY: z.string().min(32),
  /** Name servers that are asked for the records of domains, separated by commas; those of the machine when left out. */
  DNS_SERVERS: z
    .string()
    .default('')
    .transform((text) =>
      text
        .split(',')
        .map((server) => server.trim())
        .filter(Boolean),
    )
    .meta({ example: '1.1.1.1,[2606:4700:4700::1111]:53' }),
});
export type OrganizationsConfig = z.output<typeof OrganizationsConfig>;

/** Under which Nest finds the configuration. */
export const ORGANIZATIONS_CONFIG = Symbol('OrganizationsConfig');
