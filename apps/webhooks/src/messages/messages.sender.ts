import { Injectable } from '@nestjs/common';
import { Clock, newId } from '@latchkey/core';
import { afterCommit, byItself, inTransaction, type Run } from '@latchkey/db';
import type { Claim } from '@latchkey/events';
import { WebhooksDb, type Tx } from '../db.js';
import { DeliveryLanes } from '../deliveries/deliveries.lanes.js';
import { Presence } from '../deliveries/deliveries.presence.js';
import { TRIGGER, type Outgoing } from '../deliveries/deliveries.queries.js';
import { isSecret, SECRET_MS } from './messages.secrecy.js';
import { fanOut, type Audience, type FanOut, type MessageRow } from './messages.queries.js';

/** How long a payload is kept, unless its sender says otherwise. */
export const PAYLOAD_DAYS = 90;
const DAY_MS = 86_400_000;

/** A message to send. What is left out is empty. */
export type NewMessage = Pick<MessageRow, 'instanceId' | 'eventType' | 'payload'> &
  Partial<Omit<MessageRow, 'id' | 'createdAt'>>;

/** What was done of a message, and the message as it was stored. */
export type Sent = FanOut & { message: MessageRow };

/** Stores messages and hands them to their endpoints. */
@Injectable()
export class MessageSender {
  constructor(
    private readonly db: WebhooksDb,
    private readonly lanes: DeliveryLanes,
    private readonly presence: Presence,
    private readonly clock: Clock,
  ) {}

  /**
   * Stores messages, each with a delivery for each endpoint that wants it, in `tx`. They are sent as soon as it commits: this
   * process holds them from the start, so nothing is read again on the way. When it dies, its lease on them ends.
   */
  async sendAll(tx: Tx, audience: Audience, inputs: readonly NewMessage[]): Promise<Sent[]> {
    const { sent, handOver } = await this.store(inTransaction(tx), audience, inputs);
    afterCommit(tx, handOver);
    return sent;
  }

  /** The same for events that a consumer claims, in a transaction of its own that is one statement. */
  async sendClaimed(claim: Claim, inputs: readonly NewMessage[]): Promise<Sent[]> {
    const { sent, handOver } = await this.store(byItself(this.db), { kind: 'instance' }, inputs, claim);
    handOver();
    return sent;
  }

  /** The same for one message. */
  async send(tx: Tx, audience: Audience, input: NewMessage): Promise<Sent> {
    const [sent] = await this.sendAll(tx, audience, [input]);
    return sent!;
  }

  private async store(run: Run, audience: Audience, inputs: readonly NewMessage[], claim?: Claim) {
    if (inputs.length === 0) return { sent: [], handOver: () => undefined };
    const now = this.clock.now();
    const messages = inputs.map((input) => toRow(input, now));
    const busy = this.lanes.full();
    const lease = this.lanes.lease();
    const results = await fanOut(run, audience, messages, { busy, lease, holder: this.presence.holder, claim });
    const isBusy = new Set(busy);
    const waiting: string[] = [];
    const held: Outgoing[] = [];
    for (const [index, { applicationId, targets }] of results.entries()) {
      const message = messages[index]!;
      if (!applicationId || message.deliverAt) continue;
      for (const target of targets) {
        if (isBusy.has(target.endpointId)) waiting.push(target.endpointId);
        else held.push({ ...firstAttempt(message, applicationId), ...target, lease });
      }
    }
    const handOver = () => {
      this.lanes.noteBacklog(waiting);
      this.lanes.add(held);
    };
    return { sent: results.map((result, index) => ({ ...result, message: messages[index]! })), handOver };
  }
}

function toRow(input: NewMessage, now: Date): MessageRow {
  const keptMs = isSecret(input.eventType) ? SECRET_MS : PAYLOAD_DAYS * DAY_MS;
  return {
    eventId: null,
    subject: null,
    channels: [],
    tags: [],
    contentType: null,
    payloadExpiresAt: new Date(now.getTime() + keptMs),
    deliverAt: null,
    ...input,
    id: newId('message', now),
    createdAt: now,
  };
}

const firstAttempt = (message: MessageRow, applicationId: string) => ({
  messageId: message.id,
  instanceId: message.instanceId,
  applicationId,
  eventId: message.eventId,
  eventType: message.eventType,
  subject: message.subject,
  payload: message.payload,
  contentType: message.contentType,
  attempts: 0,
  trigger: TRIGGER.scheduled,
});
