/** How the names end whose values never reach a log, wherever they stand in an entry: `token` is one, and so is `access_token`. */
const SECRET =
  /(^|[-_])(authorization|cookie|password|password_digest|secret|secret[-_]key|api[-_]key|backup_codes?|otp_code|code_verifier|token|ticket|jwt|latchkey-context)$/;
/** Within what somebody sent, `code` is one that proves something; elsewhere it says what went wrong. */
const SENT = new Set(['body', 'query', 'params', 'form']);
const REDACTED = '[redacted]';
const DEPTH = 8;

/** An entry without the values of secrets. Errors are left to `loggedError`. */
export function withoutSecrets(entry: Record<string, unknown>): Record<string, unknown> {
  return cleaned(entry, false, DEPTH) as Record<string, unknown>;
}

function cleaned(value: unknown, isSent: boolean, depth: number): unknown {
  if (typeof value !== 'object' || value === null || value instanceof Error || value instanceof Date) return value;
  if (depth === 0) return '[deeper]';
  if (Array.isArray(value)) return value.map((item) => cleaned(item, isSent, depth - 1));
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => {
      const key = name.toLowerCase();
      if (inner != null && (SECRET.test(key) || (isSent && key === 'code'))) return [name, REDACTED];
      return [name, cleaned(inner, isSent || SENT.has(key), depth - 1)];
    }),
  );
}

/** What an error may tell besides its message: names and numbers, none of which holds what a user has entered. */
const TOLD = [
  'code',
  'status',
  'statusCode',
  'errno',
  'syscall',
  'address',
  'port',
  'hostname',
  'severity',
  'schema',
  'table',
  'column',
  'constraint',
  'routine',
  'responseCode',
  'command',
  'type',
  'broker',
  'kind',
  'originalCode',
] as const;
const CAUSES = 4;

/** An error as the log shows it: its kind, words, place and causes, and of the rest what is known to hold nobody's data. */
export function loggedError(error: unknown, causes = CAUSES): unknown {
  if (typeof error !== 'object' || error === null) return error;
  const of: Record<string, unknown> = {};
  const told = error as Record<string, unknown>;
  for (const name of TOLD) if (['string', 'number'].includes(typeof told[name])) of[name] = told[name];
  if (!(error instanceof Error)) return of;
  const message = messageOf(error);
  const frames = error.stack?.split('\n').filter((line) => /^\s+at /.test(line)) ?? [];
  Object.assign(of, {
    type: error.name,
    message,
    stack: [`${error.name}: ${message}`, ...frames].join('\n'),
  });
  if (causes > 0 && error.cause !== undefined) of.cause = loggedError(error.cause, causes - 1);
  if (causes > 0 && error instanceof AggregateError)
    of.errors = error.errors.slice(0, CAUSES).map((inner) => loggedError(inner, causes - 1));
  return of;
}

/** Prisma repeats a query with everything that it holds, and Postgres what it could not read: names, addresses, digests. */
function messageOf(error: Error): string {
  if (error.name.startsWith('Prisma')) {
    const lines = error.message.split('\n').map((line) => line.trim());
    const [operation] = /`[\w$.]+\(\)`/.exec(error.message) ?? [];
    return [operation, withoutValues(lines.findLast(Boolean) ?? '')].filter(Boolean).join(': ');
  }
  return isOfPostgres(error) ? withoutValues(error.message) : error.message;
}

const isOfPostgres = (error: Error) =>
  ['DriverAdapterError', 'DatabaseError'].includes(error.name) || 'severity' in error;

/** Values stand in quotation marks or behind a bracketed list of columns. A rule that is violated is told by its name alone. */
const withoutValues = (text: string) =>
  (/ violates /.test(text) ? text : text.replace(/"[^"]*"|'[^']*'/g, '"…"')).replace(/=\([^)]*\)/g, '=(…)');
