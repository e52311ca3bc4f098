/** The embedded server cannot run; the message tells an operator what is wrong and what to do. */
export class ServerError extends Error {
  override readonly name = 'ServerError';
}
