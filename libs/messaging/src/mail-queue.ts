import { type Clock, newId, type SecretBox } from '@latchkey/core';
import { afterCommit } from '@latchkey/db';
import type { Message } from './senders.js';

/** A mail or SMS to be queued. */
export interface QueuedMail extends Omit<Message, 'id'> {
  kind: 'email' | 'sms';
}

/** A row of `queued_messages`, as it is made. */
export interface QueuedMessageRow {
  id: string;
  instanceId: string;
  kind: string;
  toAddress: string;
  subject: string | null;
  text: string;
  html: string | null;
  payload: { from?: string; headers?: Record<string, string> };
  nextAttemptAt: Date;
  createdAt: Date;
}

/** A Prisma transaction whose schema has the model `QueuedMessage`. */
export interface MailTx {
  queuedMessage: { create(args: { data: QueuedMessageRow }): PromiseLike<unknown> };
}

/** Takes mail and SMS in the transaction of what they tell about: both become true, or neither. */
export class MailQueue {
  /** One function, so that it runs once per transaction however many mails that queues. */
  private readonly wake: () => void;

  constructor(
    private readonly clock: Clock,
    private readonly box: SecretBox,
    worker: { poke(): void },
  ) {
    this.wake = () => worker.poke();
  }

  /**
   * Queues a message; it is sent after the commit. Subject, text and html are stored sealed: they carry codes and links
   * that open accounts.
   *
   * @param tx a transaction of `transaction` of libs/db, which wakes the worker when it commits; in any other, the next sweep sends it
   */
  async add(tx: MailTx, message: QueuedMail): Promise<void> {
    const now = this.clock.now();
    const { instanceId, kind, to, from, subject, text, html, headers } = message;
    await tx.queuedMessage.create({
      data: {
        id: newId('message', now),
        instanceId,
        kind,
        toAddress: to,
        subject: subject === undefined ? null : this.box.seal(subject),
        text: this.box.seal(text),
        html: html === undefined ? null : this.box.seal(html),
        payload: { ...(from && { from }), ...(headers && { headers }) },
        nextAttemptAt: now,
        createdAt: now,
      },
    });
    afterCommit(tx, this.wake);
  }
}
