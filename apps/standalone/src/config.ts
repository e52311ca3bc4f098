import { loadConfig, refuseSharedPort, unknownSettings, type OwnNames } from '@latchkey/config';
import type { Env } from '@latchkey/platform';
import { z } from 'zod';

export const StandaloneConfig = z.object({
  /** Where everything is kept: database, keys, `app.env`. */
  LATCHKEY_DATA_DIR: z.string().default('.latchkey'),
  /** The address of both listeners. */
  LATCHKEY_HOST: z.string().default('127.0.0.1'),
  /** Browsers and mobile apps call here. */
  LATCHKEY_FAPI_PORT: z.coerce.number().int().min(0).max(65535).default(4000),
  /** Servers call here, with their secret key. */
  LATCHKEY_BAPI_PORT: z.coerce.number().int().min(0).max(65535).default(4100),
  /** Browsers call here too, over TLS: for production instances on hosts of their own. */
  LATCHKEY_TLS_PORT: z.coerce.number().int().min(0).max(65535).optional(),
  /** Certificate (with its chain) for that, as a PEM file; `latchkey certify` makes one for trying out. */
  LATCHKEY_TLS_CERT_FILE: z.string().optional(),
  /** The certificate's key, as a PEM file. */
  LATCHKEY_TLS_KEY_FILE: z.string().optional(),
  /** A Postgres server of your own, in place of the embedded one; one database per service is made on it. */
  DATABASE_URL: z
    .url({ protocol: /^postgres(ql)?$/ })
    .optional()
    .meta({ example: 'postgresql://latchkey:secret@127.0.0.1:5432/postgres' }),
  /** A YAML file with the applications and instances that this installation holds; without it, one for development. */
  LATCHKEY_CONFIG: z.string().optional().meta({ example: './latchkey.yaml' }),
});
export type StandaloneConfig = z.output<typeof StandaloneConfig>;

/** What is called LATCHKEY_… and is no setting: what `app.env` tells an app, and what the project's own tests tell each other. */
const OTHERS = ['WEBHOOKS_URL', 'INSTANCE_ID', 'SPECS', 'COMPAT', 'TAP', 'E2E', 'E2E_MODE', 'LEFT_OUT'];
const OWN_NAMES: OwnNames = {
  prefix: 'LATCHKEY_',
  schema: StandaloneConfig,
  others: OTHERS.map((name) => `LATCHKEY_${name}`),
};

/** @throws ConfigError when a value is bad, a name is misspelt, or two listeners have one port */
export function standaloneConfig(env: Env): Readonly<StandaloneConfig> {
  unknownSettings(OWN_NAMES, env);
  const config = loadConfig(StandaloneConfig, env);
  const { LATCHKEY_FAPI_PORT, LATCHKEY_BAPI_PORT, LATCHKEY_TLS_PORT } = config;
  refuseSharedPort({ LATCHKEY_FAPI_PORT, LATCHKEY_BAPI_PORT, LATCHKEY_TLS_PORT });
  return config;
}

/** A sentence about variables that look like settings, and are none; undefined when there are none. */
export const settingsWithoutEffect = (env: Env): string | undefined => unknownSettings(OWN_NAMES, env);
