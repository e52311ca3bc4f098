import { pino, stdTimeFunctions } from 'pino';
import { z } from 'zod';
import { loggedError, withoutSecrets } from './safe.js';

const LogConfig = z.object({
  /** How much a process tells: `trace`, `debug`, `info`, `warn`, `error`, `fatal` or `silent`. */
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
});

/** Read before the configuration of an application is: its errors are logged, too. */
function logLevel(): string {
  // eslint-disable-next-line no-restricted-properties -- see above
  const { success, data } = LogConfig.safeParse({ LOG_LEVEL: process.env.LOG_LEVEL || undefined });
  if (success) return data.LOG_LEVEL;
  process.stderr.write(`LOG_LEVEL must be one of ${LogConfig.shape.LOG_LEVEL.unwrap().options.join(', ')}\n`);
  return process.exit(1);
}

/** The process's log: one JSON object a line on standard output. `LOG_LEVEL` sets how much of it. */
export const log = pino({
  level: logLevel(),
  timestamp: stdTimeFunctions.isoTime,
  formatters: { log: withoutSecrets },
  serializers: { err: loggedError, error: loggedError },
});

/** A log whose entries all carry `fields`. */
export const logOf = (fields: Record<string, unknown>) => log.child(fields);
