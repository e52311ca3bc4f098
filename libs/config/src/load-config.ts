import { z } from 'zod';

/** The environment does not make a valid configuration; the message lists every problem, one a line. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/**
 * Turns environment variables into a typed, frozen configuration.
 *
 * @param schema one field per variable, each with a docstring; `.meta({ example })` is shown when its value is bad
 * @param env usually `process.env`; variables that the schema does not name are ignored, empty ones count as not set
 * @throws ConfigError naming each bad variable, its problem and an example
 */
export function loadConfig<S extends z.ZodObject>(
  schema: S,
  env: Record<string, string | undefined>,
): Readonly<z.output<S>> {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
  const result = z.object(schema.shape).safeParse(given);
  if (result.success) return Object.freeze(result.data) as Readonly<z.output<S>>;
  const lines = result.error.issues.map((issue) => {
    const name = String(issue.path[0]);
    const example = (schema.shape[name] as z.ZodType | undefined)?.meta()?.example as string | undefined;
    const isNoNumber = issue.code === 'invalid_type' && issue.expected === 'number';
    const problem = given[name] === undefined ? 'is not set' : isNoNumber ? 'is not a number' : issue.message;
    return `  ${name} ${problem}${example ? ` (for example ${name}=${example})` : ''}`;
  });
  throw new ConfigError(`The configuration is not valid:\n${lines.join('\n')}`);
}
