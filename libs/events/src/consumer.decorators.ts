import { applyDecorators, Injectable, SetMetadata } from '@nestjs/common';
import type { EventData, EventType, LatchkeyEvent } from '@latchkey/contracts';

export const CONSUMER = 'latchkey:consumer';
export const ON = 'latchkey:on';

/** An event of one of the types `T`. */
export type EventOf<T extends EventType> = T extends EventType
  ? Omit<LatchkeyEvent<T>, 'data'> & { data: EventData<T> }
  : never;

/**
 * A class that consumes events.
 *
 * @param name `<service>.<feature>`, under which the inbox remembers what was done; never change it
 */
export const Consumer = (name: `${string}.${string}`): ClassDecorator =>
  applyDecorators(Injectable(), SetMetadata(CONSUMER, name));

/** Calls the method, with the event and a transaction, once for each event of these types. `'*'` is every type. */
export const On = (...types: (EventType | '*')[]): MethodDecorator => SetMetadata(ON, types);
