import { Injectable } from '@nestjs/common';
import { Clock, newId } from '@latchkey/core';
import { afterCommit, inTransaction } from '@latchkey/db';
import { JobQueue } from '@latchkey/jobs';
import type { Tx } from '../db.js';
import { DUE_JOB } from '../deliveries/deliveries.jobs.js';
import { fanOut } from '../messages/messages.queries.js';

const KEPT_MS = 90 * 86_400_000;

/** Tells those who watch the delivery itself: endpoints that fail, messages that could not be delivered. */
@Injectable()
export class Operational {
  constructor(
    private readonly jobs: JobQueue,
    private readonly clock: Clock,
  ) {}

  /** Sends an operational message in `tx`. Does nothing when the instance has no operational endpoints. */
  async tell(tx: Tx, instanceId: string, type: string, data: object): Promise<void> {
    const now = this.clock.now();
    const message = {
      id: newId('message', now),
      instanceId,
      eventId: null,
      eventType: type,
      subject: null,
      channels: [],
      tags: [],
      payload: JSON.stringify({ type, data }),
      contentType: null,
      payloadExpiresAt: new Date(now.getTime() + KEPT_MS),
      deliverAt: null,
      createdAt: now,
    };
    // Due at once and not held by us: these are rare, and the worker finds them like a retry.
    const [sent] = await fanOut(inTransaction(tx), { kind: 'operational' }, [message], {
      busy: [],
      lease: now,
      holder: null,
    });
    if (sent!.targets.length > 0) afterCommit(tx, () => void this.jobs.add(DUE_JOB, 'operational'));
  }
}
