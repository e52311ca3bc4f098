import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { ClientSession } from '@latchkey/clients';
import { ClientStates } from '@latchkey/clients';
import type { RequestContext } from '@latchkey/contracts';
import { Clock } from '@latchkey/core';
import { isDatabaseUnavailable, isDeadlock, transaction } from '@latchkey/db';
import { Outbox } from '@latchkey/events';
import { Sweepers, type Sweeper } from '@latchkey/jobs';
import { log } from '@latchkey/observability';
import { IdentityDb, type Tx } from '../db.js';
import { InstancesService } from '../instances/instances.service.js';
import { isNewHour, usersActive } from './session-activity.events.js';

const WRITE_EVERY_MS = 10_000;
/** Sessions of one statement. */
const BATCH = 1000;
const SECOND = 1000;

interface Seen {
  instanceId: string;
  clientId: string;
  userId: string;
  at: Date;
  abandonAt: Date | null;
  knownAbandonAt: number;
}

/**
 * When sessions were last used. Tokens are asked for all the time, so the moments are gathered here and written
 * together every few seconds: a crash loses a few seconds of activity, no more.
 */
@Injectable()
export class SessionActivityService implements OnModuleDestroy {
  private seenSessions = new Map<string, Seen>();
  private readonly sweeper: Sweeper;

  constructor(
    private readonly db: IdentityDb,
    private readonly instances: InstancesService,
    private readonly states: ClientStates,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
    sweepers: Sweepers,
  ) {
    this.sweeper = sweepers.every('identity.session-activity', WRITE_EVERY_MS, () => this.write());
  }

  /** Notes that a session is in use now. */
  seen(ctx: RequestContext, session: ClientSession): void {
    this.seenSessions.set(session.id, {
      instanceId: ctx.instanceId,
      clientId: ctx.clientId!,
      userId: session.userId,
      at: this.clock.now(),
      abandonAt: null,
      knownAbandonAt: session.abandonAt,
    });
  }

  async onModuleDestroy(): Promise<void> {
    await this.sweeper.stop();
    await this.write().catch((err: unknown) => log.warn({ err }, 'the last activity of some sessions is lost'));
  }

  /** Writes what was noted since the last time. What cannot be written now but may be later is kept. */
  async write(): Promise<void> {
    const noted = this.seenSessions;
    this.seenSessions = new Map();
    // In one order, so that two replicas hardly ever wait for each other.
    const entries = [...noted].sort(([a], [b]) => (a < b ? -1 : 1));
    for (let from = 0; from < entries.length; from += BATCH) {
      const batch = entries.slice(from, from + BATCH);
      try {
        await this.writeBatch(batch);
      } catch (error) {
        const mayWorkLater = isDatabaseUnavailable(error) || isDeadlock(error);
        for (const [id, seen] of entries.slice(mayWorkLater ? from : from + BATCH))
          if (!this.seenSessions.has(id)) this.seenSessions.set(id, seen);
        throw error;
      }
    }
  }

  private async writeBatch(batch: [string, Seen][]): Promise<void> {
    for (const [, seen] of batch) seen.abandonAt = await this.abandonAt(seen);
    const ids = batch.map(([id]) => id);
    const times = batch.map(([, { at }]) => at);
    const ends = batch.map(([, { abandonAt }]) => abandonAt);
    await this.db.$executeRaw`
      UPDATE sessions SET last_active_at = GREATEST(last_active_at, seen.at),
        abandon_at = CASE WHEN seen.abandon_at IS NULL THEN sessions.abandon_at
          ELSE GREATEST(sessions.abandon_at, LEAST(seen.abandon_at, expire_at)) END
      FROM unnest(${ids}::text[], ${times}::timestamptz[], ${ends}::timestamptz[]) AS seen (id, at, abandon_at)
      WHERE sessions.id = seen.id AND status IN ('active', 'pending')`;
    await transaction(this.db, (tx) => this.writeUsers(tx, batch));
    await this.clearExtended(batch.map(([, seen]) => seen));
  }

  /** Notes when users were last active; whose first activity of an hour this is, the other services hear of. */
  private async writeUsers(tx: Tx, batch: [string, Seen][]): Promise<void> {
    const users = batch.map(([, { userId }]) => userId);
    const times = batch.map(([, { at }]) => at);
    const written = await tx.$queryRaw<{ id: string; instanceId: string; before: Date | null; at: Date }[]>`
      UPDATE users SET last_active_at = GREATEST(users.last_active_at, seen.at)
      FROM (SELECT id, max(at) AS at FROM unnest(${users}::text[], ${times}::timestamptz[]) AS one (id, at) GROUP BY id) AS seen
        JOIN users AS earlier USING (id)
      WHERE users.id = seen.id
      RETURNING users.id, users.instance_id AS "instanceId", earlier.last_active_at AS before, seen.at`;
    const told = Map.groupBy(
      written.filter(({ before, at }) => isNewHour(before, at)),
      ({ instanceId }) => instanceId,
    );
    if (told.size)
      await this.outbox.add(tx, ...[...told].map(([instanceId, rows]) => usersActive({ instanceId }, rows)));
  }

  /** Until when the session may now pause; null when its pauses have no limit. */
  private async abandonAt({ instanceId, at }: Seen): Promise<Date | null> {
    const { inactivity_timeout: timeout } = (await this.instances.settings(instanceId)).sessions;
    return timeout === 0 ? null : new Date(at.getTime() + timeout * SECOND);
  }

  /** Shared state learns of a later end in good time, but not with every token. */
  private async clearExtended(seen: Seen[]): Promise<void> {
    const extended = seen.filter(
      ({ at, abandonAt, knownAbandonAt }) =>
        abandonAt && abandonAt.getTime() - knownAbandonAt > (abandonAt.getTime() - at.getTime()) / 10,
    );
    await Promise.all(extended.map(({ instanceId, clientId }) => this.states.changed(instanceId, clientId)));
  }
}
