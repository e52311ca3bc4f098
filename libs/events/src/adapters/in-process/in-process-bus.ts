import type { LatchkeyEvent } from '@latchkey/contracts';
import { EventBus, type BusMessage } from '../../bus.js';

const KEYS_AT_ONCE = 8;

/** Who takes events from the bus: a service's `EventDispatcher`. */
export interface EventSink {
  dispatch(event: LatchkeyEvent): Promise<void>;
}

/** Hands events straight to the consumers in this process. The outbox row stays until they are done, so nothing is lost. */
export class InProcessBus extends EventBus {
  private readonly sinks: EventSink[] = [];

  subscribe(sink: EventSink): void {
    this.sinks.push(sink);
  }

  async publish(messages: BusMessage[]): Promise<void> {
    const queues = [...Map.groupBy(messages, (message) => message.key).values()];
    const work = async () => {
      for (let queue = queues.shift(); queue; queue = queues.shift())
        for (const message of queue) await this.deliver(message);
    };
    await Promise.all(Array.from({ length: Math.min(KEYS_AT_ONCE, queues.length) }, work));
  }

  private async deliver(message: BusMessage): Promise<void> {
    const event = JSON.parse(message.envelope) as LatchkeyEvent;
    await Promise.all(this.sinks.map((sink) => sink.dispatch(event)));
  }
}
