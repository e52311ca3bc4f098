/** An event on the wire: the aggregate that orders it, and the CloudEvents envelope as JSON text. */
export interface BusMessage {
  key: string;
  envelope: string;
}

/** The bus will never take this message, whatever is done: it is too large. */
export class MessageRefused extends Error {
  override readonly name = 'MessageRefused';

  constructor(
    readonly refused: BusMessage,
    cause: unknown,
  ) {
    super(`an event of ${Buffer.byteLength(refused.envelope)} bytes is too large for the bus`, { cause });
  }
}

/** Takes events from a relay to the consumers of every service. */
export abstract class EventBus {
  /**
   * Resolves when none of `messages` can be lost any more; those of one key keep their order.
   *
   * @throws MessageRefused for one that can never be taken; those before it may have been
   */
  abstract publish(messages: BusMessage[]): Promise<void>;
}
