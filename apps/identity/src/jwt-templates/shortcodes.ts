import type { JsonObject } from '@latchkey/contracts';

type Json = JsonObject[string];

/** What shortcodes may name: `{{user.id}}` is `values.user.id`. */
export type ShortcodeValues = Record<string, Json | undefined>;

const SHORTCODE = /\{\{(.*?)\}\}/gs;
const WHOLE = /^\s*\{\{((?:(?!\}\}).)*)\}\}\s*$/s;
/** A quoted text, or a piece of an expression up to `||`. */
const OPERAND = /\s*(?:'((?:[^'\\]|\\.)*)'|((?:(?!\|\|).)*?))\s*(?:\|\||$)/gsy;

/**
 * Fills the shortcodes of a template's claims in, at any depth of them (`compat/tokens-and-handshake.md` 7.5). A text that
 * is one shortcode becomes the value it names, of whatever type; within longer text the value is printed.
 */
export function fillIn(claims: JsonObject, values: ShortcodeValues): JsonObject {
  return filled(claims, values) as JsonObject;
}

function filled(claim: Json, values: ShortcodeValues): Json {
  if (typeof claim === 'string') return filledText(claim, values);
  if (Array.isArray(claim)) return claim.map((item) => filled(item, values));
  if (claim === null || typeof claim !== 'object') return claim;
  return Object.fromEntries(Object.entries(claim).map(([name, value]) => [name, filled(value, values)]));
}

function filledText(text: string, values: ShortcodeValues): Json {
  const whole = WHOLE.exec(text);
  if (whole) return evaluate(whole[1]!, values);
  return text.replace(SHORTCODE, (_, expression: string) => printed(evaluate(expression, values)));
}

/** `a || b || 'text'`: the first operand that is neither null nor false, else the last one. */
function evaluate(expression: string, values: ShortcodeValues): Json {
  let value: Json = null;
  for (const operand of operandsOf(expression)) {
    value = operand.isText ? operand.text : valueOf(operand.text, values);
    if (value !== null && value !== false) return value;
  }
  return value;
}

function operandsOf(expression: string): { isText: boolean; text: string }[] {
  const operands: { isText: boolean; text: string }[] = [];
  OPERAND.lastIndex = 0;
  while (OPERAND.lastIndex < expression.length) {
    const match = OPERAND.exec(expression);
    if (!match) return [{ isText: false, text: expression.trim() }];
    const [, quoted, bare] = match;
    operands.push(
      quoted === undefined
        ? { isText: false, text: bare!.trim() }
        : { isText: true, text: quoted.replace(/\\(.)/gs, '$1') },
    );
  }
  return operands;
}

function valueOf(text: string, values: ShortcodeValues): Json {
  if (text === 'true' || text === 'false') return text === 'true';
  if (/^-?\d+(\.\d+)?$/.test(text)) return Number(text);
  let value: Json | undefined = values as JsonObject;
  for (const name of text.split('.')) {
    if (value === null || typeof value !== 'object' || Array.isArray(value) || !Object.hasOwn(value, name)) return null;
    value = value[name];
  }
  return value ?? null;
}

const printed = (value: Json) => (typeof value === 'string' ? value : JSON.stringify(value));
