import { pino, stdTimeFunctions } from 'pino';

/** What never reaches a log, wherever it stands in an entry. */
const SECRET_PATHS = [
  'authorization',
  'cookie',
  'set-cookie',
  'password',
  'code',
  'secret',
  'token',
  'ticket',
  'jwt',
].flatMap((name) => [name, `*.${name}`, `*.*.${name}`]);

/** The process's log: one JSON object a line on standard output. `LOG_LEVEL` sets how much of it. */
export const log = pino({
  // eslint-disable-next-line no-restricted-properties -- read before the configuration is: its errors are logged, too
  level: process.env.LOG_LEVEL ?? 'info',
  timestamp: stdTimeFunctions.isoTime,
  redact: { paths: SECRET_PATHS, censor: '[redacted]' },
});

/** A log whose entries all carry `fields`. */
export const logOf = (fields: Record<string, unknown>) => log.child(fields);
