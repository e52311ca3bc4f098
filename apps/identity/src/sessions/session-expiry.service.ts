import { Injectable } from '@nestjs/common';
import { ClientStates } from '@latchkey/clients';
import { Clock } from '@latchkey/core';
import { Sweepers } from '@latchkey/jobs';
import { IdentityDb } from '../db.js';

const SWEEP_EVERY_MS = 60_000;
/** Sessions of one statement. */
const BATCH = 500;

/**
 * Writes down that sessions are over by their time. Nothing waits for it: every read looks at the times, too.
 * Expiry has no public event, so none is told.
 */
@Injectable()
export class SessionExpiryService {
  constructor(
    private readonly db: IdentityDb,
    private readonly states: ClientStates,
    private readonly clock: Clock,
    sweepers: Sweepers,
  ) {
    sweepers.every('identity.session-expiry', SWEEP_EVERY_MS, () => this.sweep());
  }

  /** Ends all sessions whose time is over, in batches. @returns how many */
  async sweep(): Promise<number> {
    let total = 0;
    for (;;) {
      const ended = await this.sweepBatch();
      total += ended;
      if (ended < BATCH) return total;
    }
  }

  private async sweepBatch(): Promise<number> {
    const now = this.clock.now();
    // Across all instances: the raw statement says so. Two replicas that sweep at once take different rows.
    const ended = await this.db.$queryRaw<{ instance_id: string; client_id: string }[]>`
      WITH due AS (
        SELECT id FROM sessions
        WHERE status IN ('active', 'pending') AND (expire_at <= ${now} OR abandon_at <= ${now})
        LIMIT ${BATCH} FOR UPDATE SKIP LOCKED
      )
      UPDATE sessions
      SET status = CASE WHEN expire_at <= ${now} THEN 'expired' ELSE 'abandoned' END, updated_at = ${now}
      FROM due WHERE sessions.id = due.id
      RETURNING instance_id, client_id`;
    await Promise.all(ended.map((row) => this.states.changed(row.instance_id, row.client_id)));
    return ended.length;
  }
}
