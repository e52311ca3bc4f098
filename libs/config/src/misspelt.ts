import type { z } from 'zod';
import { ConfigError } from './load-config.js';

/** How many letters a slip changes: two that are swapped count as two. */
const SLIP = 2;

/** Variables whose prefix says that Latchkey reads them. */
export interface OwnNames {
  prefix: string;
  /** Holds the settings that are read. */
  schema: z.ZodObject;
  /** Names of the prefix that are no settings, and have another reader. */
  others?: readonly string[];
}

/**
 * Looks among the environment variables of a prefix for those that nobody reads: what was meant would silently not happen.
 *
 * @returns one sentence about all that are far from any setting; undefined when there are none
 * @throws ConfigError naming those that are a slip away from a setting, and that setting
 */
export function unknownSettings(
  { prefix, schema, others = [] }: OwnNames,
  env: Record<string, string | undefined>,
): string | undefined {
  const settings = Object.keys(schema.shape).filter((name) => name.startsWith(prefix));
  const unknown = Object.keys(env)
    .filter((name) => name.startsWith(prefix) && env[name] && !settings.includes(name) && !others.includes(name))
    .sort()
    .map((name) => ({ name, ...nearest(name, settings) }));
  const slips = unknown.filter(({ distance }) => distance <= SLIP);
  if (slips.length > 0) {
    const lines = slips.map(({ name, setting }) => `  ${name} is not a setting. Is ${setting} meant?`);
    throw new ConfigError(`The configuration is not valid:\n${lines.join('\n')}`);
  }
  if (unknown.length === 0) return undefined;
  const named = unknown.map(({ name, setting }) => `${name} (the nearest is ${setting})`);
  return `No settings of Latchkey, and without effect: ${named.join(', ')}.`;
}

function nearest(name: string, settings: readonly string[]): { setting: string; distance: number } {
  const all = settings.map((setting) => ({ setting, distance: distanceOf(name, setting) }));
  return all.reduce((best, one) => (one.distance < best.distance ? one : best));
}

/** How many letters must be put in, left out or replaced to make one of the other (Levenshtein). */
function distanceOf(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let i = 1; i <= one.length; i++) {
    const next = [i];
    for (let j = 1; j <= other.length; j++) {
      const replaced = row[j - 1]! + (one[i - 1] === other[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[other.length]!;
}
