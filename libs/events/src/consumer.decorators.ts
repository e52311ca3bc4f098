import { applyDecorators, Injectable, SetMetadata } from '@nestjs/common';
import type { EventData, EventType, LatchkeyEvent } from '@latchkey/contracts';

/** Metadata keys, by which `EventsModule` finds consumers and their handlers. */
export const CONSUMER = 'latchkey:consumer';
export const TOGETHER = 'latchkey:together';
export const ON = 'latchkey:on';

/** An event of one of the types `T`. */
export type EventOf<T extends EventType> = T extends EventType
  ? Omit<LatchkeyEvent<T>, 'data'> & { data: EventData<T> }
  : never;

/** How a consumer's events are handled. */
export interface ConsumerOptions {
  /**
   * Whether events that come at the same time, of different subjects, are handled together: for a consumer of many events whose effect is
   * one SQL statement. Its methods get a list of events, and in place of a transaction a `Claim`: the very statement that does the work
   * must note the events in the inbox. When it fails, each event is handled by itself.
   */
  isTogether?: boolean;
}

/** What a statement writes into the inbox beside the events' ids: it does its work for those whose note is new. */
export interface Claim {
  consumer: string;
  /** Of the claim, not of the event: by it old claims are removed, and an old event may have come only now. */
  now: Date;
}

/**
 * A class that consumes events.
 *
 * @param name `<service>.<feature>`, under which the inbox remembers what was done; never change it
 */
export const Consumer = (name: `${string}.${string}`, options: ConsumerOptions = {}): ClassDecorator =>
  applyDecorators(Injectable(), SetMetadata(CONSUMER, name), SetMetadata(TOGETHER, options.isTogether ?? false));

/** Calls the method, with the event and a transaction, once for each event of these types. `'*'` is every type. */
export const On = (...types: (EventType | '*')[]): MethodDecorator => SetMetadata(ON, types);
