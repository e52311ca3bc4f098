/** What `tools/dead-letters.mjs` knows of dead letters, wherever they are kept. */

/**
 * An event that a consumer could not handle.
 * @typedef {object} Letter
 * @property {string} id
 * @property {string} service whose consumer it is
 * @property {string} consumer `-` for what is no event
 * @property {string} error
 * @property {Date} at when it was parked
 * @property {string} text the envelope
 * @property {string | undefined} settled what was done about it: replayed or discarded
 */

/**
 * @typedef {object} DeadLetterStore
 * @property {(services: string[]) => Promise<Letter[]>} list oldest first, the settled ones too
 * @property {(letter: Letter, outcome: 'replayed' | 'discarded') => Promise<void>} settle
 * @property {(letter: Letter, event: import('@latchkey/contracts').LatchkeyEvent, withinMs: number) => Promise<boolean>} replay
 *   hands the event to the letter's consumer alone; whether the consumer has had it within that time
 * @property {() => Promise<void>} close
 */

/**
 * The event in a letter; undefined when there is none.
 * @param {Letter} letter
 * @returns {import('@latchkey/contracts').LatchkeyEvent | undefined}
 */
export function eventIn({ consumer, text }) {
  if (consumer === '-') return undefined;
  return JSON.parse(text);
}
