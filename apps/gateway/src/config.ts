import { z } from 'zod';

const TRUTHS = { true: true, false: false } as const;

const limit = (documented: number) => z.coerce.number().int().min(1).default(documented);

export const GatewayConfig = z.object({
  /**
   * The proxies in front of the gateway, whose `X-Forwarded-*` headers are believed: addresses and networks separated by
   * commas, or `true` for all when nobody reaches the gateway past its proxies. Without it those headers are ignored.
   */
  GATEWAY_TRUSTED_PROXIES: z
    .string()
    .default('false')
    .transform((text): boolean | string => (text in TRUTHS ? TRUTHS[text as keyof typeof TRUTHS] : text))
    .meta({ example: '10.0.0.0/8,127.0.0.1' }),
  /** `off` leaves limits to what stands in front of the gateway. */
  GATEWAY_RATE_LIMITS: z.enum(['on', 'off']).default('on'),
  /** Sign-ins, and sign-ups, that one address may begin within ten seconds. */
  GATEWAY_LIMIT_CREATE: limit(5),
  /** Codes and passwords that one address may try within ten seconds. */
  GATEWAY_LIMIT_ATTEMPT: limit(3),
  /** Requests to BAPI within ten seconds, for each production instance. */
  GATEWAY_LIMIT_BAPI: limit(1000),
  /** Requests to BAPI within ten seconds, for each development instance. */
  GATEWAY_LIMIT_BAPI_DEVELOPMENT: limit(100),
  /** Secret keys and hosts of no instance that one address may name within ten seconds. */
  GATEWAY_LIMIT_GUESSES: limit(100),
});
export type GatewayConfig = z.output<typeof GatewayConfig>;

/** Under which Nest finds the configuration. */
export const GATEWAY_CONFIG = Symbol('GatewayConfig');

/** Under which Nest finds whether there is an inbox: only what is kept in this process can be shown. */
export const SHOWS_INBOX = Symbol('ShowsInbox');

/** Where a gateway that is a process of its own listens. */
export const ListenConfig = z.object({
  /** The address of both public listeners. */
  GATEWAY_HOST: z.string().default('0.0.0.0'),
  /** Browsers and mobile apps call here. */
  GATEWAY_FAPI_PORT: z.coerce.number().int().min(0).max(65535).default(4000),
  /** Servers call here, with their secret key. */
  GATEWAY_BAPI_PORT: z.coerce.number().int().min(0).max(65535).default(4100),
  /** FAPI over TLS at a port of its own; the other listeners then stay plain. */
  GATEWAY_TLS_PORT: z.coerce.number().int().min(0).max(65535).optional(),
  /** Certificate (with its chain) for them, as a PEM file, where nothing in front of the gateway ends TLS. */
  GATEWAY_TLS_CERT_FILE: z.string().optional(),
  /** The certificate's key, as a PEM file. */
  GATEWAY_TLS_KEY_FILE: z.string().optional(),
  /** Probes and metrics are read here; keep it inside. (4190, the next after the others, is a port that fetch refuses.) */
  GATEWAY_OPS_PORT: z.coerce.number().int().min(0).max(65535).default(4191),
});
export type ListenConfig = z.output<typeof ListenConfig>;
