import { randomUUID } from 'node:crypto';

/** The values that `stringify` has met so far; undefined outside of it, which is synchronous. */
let met: Map<string, RawJson> | undefined;

/**
 * A JSON value that is text already: put together from kept pieces, and costly to parse and write again. Put it anywhere in a
 * value that `stringify` writes. To `JSON.stringify` it is the value that the text says.
 */
export class RawJson {
  constructor(readonly text: string) {}

  toJSON(): unknown {
    if (!met) return JSON.parse(this.text);
    const mark = randomUUID();
    met.set(`"${mark}"`, this);
    return mark;
  }
}

/** As `JSON.stringify`, with the texts of `RawJson` values as they are. */
export function stringify(value: unknown): string {
  const before = met;
  const mine = (met = new Map<string, RawJson>());
  let text: string;
  try {
    text = JSON.stringify(value);
  } finally {
    met = before;
  }
  // A function, for `$` in a replacement has a meaning of its own.
  for (const [mark, { text: raw }] of mine) text = text.replace(mark, () => raw);
  return text;
}
