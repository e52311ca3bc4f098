import { Injectable } from '@nestjs/common';
import { Clock, newId } from '@latchkey/core';
import { afterCommit } from '@latchkey/db';
import type { Tx } from '../db.js';
import { DeliveryLanes } from '../deliveries/deliveries.lanes.js';
import { Presence } from '../deliveries/deliveries.presence.js';
import { TRIGGER } from '../deliveries/deliveries.queries.js';
import { isSecret, SECRET_MS } from './messages.secrecy.js';
import { fanOut, type Audience, type FanOut, type MessageRow } from './messages.queries.js';

/** How long a payload is kept, unless its sender says otherwise. */
export const PAYLOAD_DAYS = 90;
const DAY_MS = 86_400_000;

/** A message to send. What is left out is empty. */
export type NewMessage = Pick<MessageRow, 'instanceId' | 'eventType' | 'payload'> &
  Partial<Omit<MessageRow, 'id' | 'createdAt'>>;

/** Stores messages and hands them to their endpoints. */
@Injectable()
export class MessageSender {
  constructor(
    private readonly lanes: DeliveryLanes,
    private readonly presence: Presence,
    private readonly clock: Clock,
  ) {}

  /**
   * Stores a message with a delivery for each endpoint that wants it, in `tx`. They are sent as soon as it commits: this
   * process holds them from the start, so nothing is read again on the way. When it dies, its lease on them ends.
   */
  async send(tx: Tx, audience: Audience, input: NewMessage): Promise<FanOut & { message: MessageRow }> {
    const now = this.clock.now();
    const message: MessageRow = {
      eventId: null,
      subject: null,
      channels: [],
      tags: [],
      contentType: null,
      payloadExpiresAt: new Date(now.getTime() + (isSecret(input.eventType) ? SECRET_MS : PAYLOAD_DAYS * DAY_MS)),
      deliverAt: null,
      ...input,
      id: newId('message', now),
      createdAt: now,
    };
    const busy = this.lanes.full();
    const lease = this.lanes.lease();
    const result = await fanOut(tx, audience, message, { busy, lease, holder: this.presence.holder });
    const { applicationId, targets } = result;
    if (applicationId && targets.length > 0 && !message.deliverAt) {
      const isBusy = new Set(busy);
      const [waiting, held] = [
        targets.filter((t) => isBusy.has(t.endpointId)),
        targets.filter((t) => !isBusy.has(t.endpointId)),
      ];
      afterCommit(tx, () => {
        this.lanes.noteBacklog(waiting.map((target) => target.endpointId));
        this.lanes.add(
          held.map((target) => ({
            ...message,
            ...target,
            messageId: message.id,
            applicationId,
            attempts: 0,
            trigger: TRIGGER.scheduled,
            lease,
          })),
        );
      });
    }
    return { ...result, message };
  }
}
