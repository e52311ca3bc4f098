/** A migration cannot go on; the message tells an operator what is wrong and what to do. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError';
}
