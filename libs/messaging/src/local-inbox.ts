import { type Clock, newId } from '@latchkey/core';
import type { Message } from './senders.js';

/** A message as the inbox page lists it. */
export interface InboxMessage {
  id: string;
  kind: 'email' | 'sms';
  instance_id: string;
  to: string;
  from: string | null;
  subject: string | null;
  text: string;
  html: string | null;
  /** The six-digit code in it, where there is one. */
  code?: string;
  /** Milliseconds since the epoch. */
  at: number;
}

/** Keeps what would have been sent, for development: the last 500 messages, until the process ends. */
export class LocalInbox {
  private messages: InboxMessage[] = [];

  constructor(
    private readonly clock: Clock,
    private readonly max = 500,
  ) {}

  /** Keeps a message. */
  add(kind: InboxMessage['kind'], message: Message): void {
    const code = /\b\d{6}\b/.exec(`${message.subject ?? ''}\n${message.text}`)?.[0];
    const at = this.clock.now();
    const kept: InboxMessage = {
      id: message.id ?? newId('message', at),
      kind,
      instance_id: message.instanceId,
      to: message.to,
      from: message.from ?? null,
      subject: message.subject ?? null,
      text: message.text,
      html: message.html ?? null,
      ...(code && { code }),
      at: at.getTime(),
    };
    this.messages = [kept, ...this.messages.slice(0, this.max - 1)];
  }

  /** The messages, newest first; of one recipient, when `to` names it (upper and lower case are one). */
  list(filter: { to?: string; instanceId?: string } = {}): InboxMessage[] {
    const to = filter.to?.toLowerCase();
    return this.messages.filter(
      (message) =>
        (to === undefined || message.to.toLowerCase() === to) &&
        (filter.instanceId === undefined || message.instance_id === filter.instanceId),
    );
  }

  /** One message, or null when it is not kept any more. */
  find(id: string): InboxMessage | null {
    return this.messages.find((message) => message.id === id) ?? null;
  }

  /** Forgets all messages. */
  clear(): void {
    this.messages = [];
  }
}
