import { InProcessTransport } from '@latchkey/clients';
import { SystemClock, type Clock } from '@latchkey/core';
import { InProcessBus } from '@latchkey/events';
import { LocalInbox } from '@latchkey/messaging';
import { MemorySharedState } from '@latchkey/state';
import type { Platform } from './platform.js';

/** A platform whose parts all live in this process. */
export interface StandalonePlatform extends Platform {
  transport: InProcessTransport;
  /** What was mailed and texted, for the inbox page. */
  inbox: LocalInbox;
}

/** The platform of a single process that holds all five services. Give the same one to each of them. */
export function standalonePlatform(clock: Clock = new SystemClock()): StandalonePlatform {
  const inbox = new LocalInbox(clock);
  return {
    clock,
    state: { adapter: 'memory', state: new MemorySharedState(clock) },
    events: { kind: 'in-process', bus: new InProcessBus() },
    jobs: { adapter: 'timers' },
    messaging: { mail: { adapter: 'local-inbox' }, sms: { adapter: 'local-inbox' }, inbox },
    transport: new InProcessTransport(),
    inbox,
  };
}
