/** How deep what callers send may be nested: whoever walks through it needs a stack. */
const DEEPEST = 100;

/** What is told of a value in which `unstorable` finds something. */
export const UNSTORABLE = `holds a NUL or half of a surrogate pair, which is not text, or more than ${DEEPEST} levels`;

/** Postgres keeps neither NUL nor a lone surrogate, in text as in JSON. */
export const isStorable = (text: string): boolean => !text.includes('\0') && text.isWellFormed();

/** Where in an input a text, or the name of a field, cannot be stored, or is nested too deep; undefined when all can be kept. */
export function unstorable(value: unknown, path: readonly string[] = []): string | undefined {
  if (typeof value === 'string') return isStorable(value) ? undefined : path.join('.');
  if (typeof value !== 'object' || value === null) return undefined;
  if (path.length > DEEPEST) return path[0];
  for (const [key, inner] of Object.entries(value)) {
    const found = isStorable(key) ? unstorable(inner, [...path, key]) : path.join('.') || 'body';
    if (found !== undefined) return found;
  }
  return undefined;
}
