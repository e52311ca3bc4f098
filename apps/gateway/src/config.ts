import { z } from 'zod';

const TRUTHS = { true: true, false: false } as const;

export const GatewayConfig = z.object({
  /** Signs the request context; the other services verify it with the same key. */
  CONTEXT_SIGNING_KEY: z.string().min(32),
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
});
export type GatewayConfig = z.output<typeof GatewayConfig>;

/** Under which Nest finds the configuration. */
export const GATEWAY_CONFIG = Symbol('GatewayConfig');

/** Where a gateway that is a process of its own listens. */
export const ListenConfig = z.object({
  /** The address of both public listeners. */
  GATEWAY_HOST: z.string().default('0.0.0.0'),
  /** Browsers and mobile apps call here. */
  GATEWAY_FAPI_PORT: z.coerce.number().int().min(0).max(65535).default(4000),
  /** Servers call here, with their secret key. */
  GATEWAY_BAPI_PORT: z.coerce.number().int().min(0).max(65535).default(4100),
  /** Probes and metrics are read here; keep it inside. */
  GATEWAY_OPS_PORT: z.coerce.number().int().min(0).max(65535).default(4190),
});
