import { ZxcvbnFactory } from '@zxcvbn-ts/core';
import { adjacencyGraphs, dictionary } from '@zxcvbn-ts/language-common';

/** How hard a password is to guess. */
export interface Strength {
  /** 0 (at once) to 4 (out of reach). */
  score: number;
  /** What would make it harder, as the codes that the UI has words for. */
  suggestions: { code: string; message: string }[];
}

let estimator: ZxcvbnFactory | undefined;

/**
 * Estimates the strength of a password as the UI's meter does (zxcvbn-ts).
 *
 * @param known what others know of the user: it makes a password easier to guess
 */
export function strengthOf(password: string, known: string[]): Strength {
  // Only instances that set a minimum pay for the dictionaries in memory.
  estimator ??= new ZxcvbnFactory({ dictionary, graphs: adjacencyGraphs });
  const { score, feedback } = estimator.check(password, known);
  return { score, suggestions: feedback.suggestions.map((code) => ({ code, message: WORDS[code] ?? code })) };
}

const WORDS: Record<string, string> = {
  allUppercase: 'Write some letters, but not all, in capitals.',
  anotherWord: 'Add words that are less common.',
  associatedYears: 'Avoid years that have to do with you.',
  capitalization: 'Write more than the first letter in capitals.',
  dates: 'Avoid dates and years that have to do with you.',
  l33t: "Avoid letters that are replaced in well-known ways, such as '@' for 'a'.",
  longerKeyboardPattern: 'Use longer patterns on the keyboard, and change their direction.',
  noNeed: 'A strong password needs no symbols, numbers or capitals.',
  pwned: 'If you use this password elsewhere, change it there.',
  recentYears: 'Avoid recent years.',
  repeated: 'Avoid repeated words and characters.',
  reverseWords: 'Avoid words spelled backwards.',
  sequences: 'Avoid common sequences of characters.',
  useWords: 'Use several words, but no common phrase.',
};
