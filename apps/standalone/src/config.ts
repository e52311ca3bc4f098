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
