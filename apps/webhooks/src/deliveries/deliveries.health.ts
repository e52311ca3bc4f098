import { Injectable } from '@nestjs/common';
import { afterCommit } from '@latchkey/db';
import { Operational } from '../operational/operational.service.js';
import type { Tx } from '../db.js';
import { cancelPending, STATUS, writeHealth, type AttemptResult } from './deliveries.queries.js';
import { FAILING_AFTER, healthAfter, MAX_ATTEMPTS, type HealthChange } from './deliveries.schedule.js';
import { DeliveryTargets, type Target } from './deliveries.targets.js';

/** The outcome of an attempt and the endpoint that it was made to. */
export interface Entry {
  result: AttemptResult;
  target: Target;
}

/** What the outcome of attempts means for their endpoint, and what those who watch the delivery are told. */
@Injectable()
export class EndpointHealth {
  constructor(
    private readonly operational: Operational,
    private readonly targets: DeliveryTargets,
  ) {}

  /** What must be written down of these attempts besides the attempts themselves: nothing, as a rule. */
  notable(batch: readonly Entry[]): ((tx: Tx) => Promise<void>)[] {
    const news = batch.flatMap(({ result, target }) => {
      const type = newsOf(result);
      return type ? [(tx: Tx) => this.tell(tx, type, result, target)] : [];
    });
    // Of several outcomes of one endpoint a success decides: it ends every count of failures.
    const changes = [...Map.groupBy(batch, ({ target }) => target.id).values()].flatMap((entries) => {
      const { result, target } = entries.find((entry) => entry.result.status === STATUS.success) ?? entries[0]!;
      const change = healthAfter(target, result.status === STATUS.success, result.at);
      return change.kind === 'none' ? [] : [(tx: Tx) => this.apply(tx, change, target)];
    });
    return [...news, ...changes];
  }

  private async tell(tx: Tx, type: string, result: AttemptResult, target: Target): Promise<void> {
    await this.operational.tell(tx, target.instanceId, type, {
      appId: target.applicationId,
      appUid: target.applicationUid,
      endpointId: target.id,
      msgId: result.delivery.messageId,
      msgEventId: result.delivery.eventId,
      lastAttempt: { id: result.id, responseStatusCode: result.responseStatus, timestamp: result.at.toISOString() },
    });
  }

  private async apply(tx: Tx, change: HealthChange, target: Target): Promise<void> {
    if (change.kind === 'disable') return this.disable(tx, change.failingSince, target);
    if (change.kind === 'none') return;
    const { firstFailureAt, failingSince } = change;
    await writeHealth(tx, target, { firstFailureAt, failingSince });
    // The cached entry is this one; the next outcome builds on it.
    afterCommit(tx, () => void Object.assign(target, { firstFailureAt, failingSince }));
  }

  private async disable(tx: Tx, failingSince: Date, target: Target): Promise<void> {
    const { count } = await tx.endpoint.updateMany({
      // `failingSince` too: somebody may have enabled it again meanwhile.
      where: { id: target.id, instanceId: target.instanceId, isDisabled: false, failingSince },
      data: { isDisabled: true, firstFailureAt: null, failingSince: null, revision: { increment: 1 } },
    });
    afterCommit(tx, () => this.targets.forget(target.id));
    if (count === 0) return;
    await cancelPending(tx, target.instanceId, target.id);
    await this.operational.tell(tx, target.instanceId, 'endpoint.disabled', {
      appId: target.applicationId,
      appUid: target.applicationUid,
      endpointId: target.id,
      endpointUid: target.uid,
      failSince: failingSince.toISOString(),
      trigger: 'automatic',
    });
  }
}

function newsOf(result: AttemptResult): string | undefined {
  const failures = result.delivery.attempts + 1;
  if (result.status === STATUS.success) return failures > FAILING_AFTER ? 'message.attempt.recovered' : undefined;
  if (failures >= MAX_ATTEMPTS) return 'message.attempt.exhausted';
  return failures === FAILING_AFTER ? 'message.attempt.failing' : undefined;
}
