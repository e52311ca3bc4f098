/** An event on the wire: the aggregate that orders it, and the CloudEvents envelope as JSON text. */
export interface BusMessage {
  key: string;
  envelope: string;
}

/** Takes events from a relay to the consumers of every service. */
export abstract class EventBus {
  /** Resolves when none of `messages` can be lost any more; those of one key keep their order. */
  abstract publish(messages: BusMessage[]): Promise<void>;
}
