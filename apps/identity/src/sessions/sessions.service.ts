import { Injectable } from '@nestjs/common';
import type { RequestContext } from '@latchkey/contracts';
import { Clock, newId, notFound } from '@latchkey/core';
import { event, Outbox } from '@latchkey/events';
import { ClientsService } from '../clients/clients.service.js';
import { IdentityDb, type Tx } from '../db.js';
import type { Client, Prisma, Session } from '../generated/prisma/client.js';
import { InstancesService } from '../instances/instances.service.js';
import { toUserJSON, type FullUser } from '../users/users.serializer.js';
import { UsersService } from '../users/users.service.js';
import { activityOf } from './sessions.activity.js';
import { toSessionJSON } from './sessions.serializer.js';

const SECOND = 1000;
/** A session with no limit to its pauses is given up when it would end anyway. */
const NO_LIMIT = 0;

/** What a sign-in has proved about the session that it starts. */
export interface Proof {
  firstFactorAt: Date | null;
  secondFactorAt: Date | null;
  /** Who impersonates the user. */
  actor?: Prisma.InputJsonValue;
}

/** How a session came to its end: `removed` by its own client's sign-out, `revoked` by anybody else. */
export type SessionEnd = 'ended' | 'removed' | 'revoked';

/** Sessions: somebody signed in on a client. */
@Injectable()
export class SessionsService {
  constructor(
    private readonly db: IdentityDb,
    private readonly clients: ClientsService,
    private readonly instances: InstancesService,
    private readonly users: UsersService,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  /** Signs a user in on a client: a new session, which the client acts through from now on; the client's token is renewed. */
  async start(tx: Tx, ctx: RequestContext, client: Client, user: FullUser, proof: Proof): Promise<Session> {
    const now = this.clock.now();
    const { sessions: settings } = await this.instances.settings(ctx.instanceId);
    const lifetime = settings.maximum_lifetime * SECOND;
    const pause = settings.inactivity_timeout === NO_LIMIT ? lifetime : settings.inactivity_timeout * SECOND;
    const session = await tx.session.create({
      data: {
        id: newId('session', now),
        instanceId: ctx.instanceId,
        clientId: client.id,
        userId: user.id,
        status: 'active',
        actor: proof.actor,
        lastActiveAt: now,
        expireAt: new Date(now.getTime() + lifetime),
        abandonAt: new Date(now.getTime() + pause),
        firstFactorAt: proof.firstFactorAt,
        secondFactorAt: proof.secondFactorAt,
        activity: activityOf(newId('sessionActivity', now), ctx.userAgent, ctx.ipAddress),
      },
    });
    await tx.user.updateMany({
      where: { id: user.id, instanceId: ctx.instanceId },
      data: { lastSignInAt: now, lastActiveAt: now, failedAttempts: 0, updatedAt: user.updatedAt },
    });
    await this.clients.update(
      tx,
      ctx,
      client,
      { lastActiveSessionId: session.id, signInId: null, signUpId: null },
      { rotate: true },
    );
    await this.tell(tx, ctx, 'session.created', session, user);
    return session;
  }

  /**
   * Ends sessions that are still going; others are left as they are.
   *
   * @returns those that were ended by this call
   */
  async end(
    tx: Tx,
    ctx: RequestContext,
    where: { id?: string; clientId?: string; userId?: string },
    how: SessionEnd,
  ): Promise<Session[]> {
    const ended = await tx.session.updateManyAndReturn({
      where: { ...where, instanceId: ctx.instanceId, status: { in: ['active', 'pending'] } },
      data: { status: how },
    });
    for (const session of ended) {
      this.clients.changed(tx, ctx.instanceId, session.clientId);
      const user = await tx.user.findUnique({ where: { id: session.userId, instanceId: ctx.instanceId } });
      if (user) await this.tell(tx, ctx, `session.${how}`, session, await this.users.requireIn(tx, ctx, user.id));
    }
    return ended;
  }

  /** @throws `resource_not_found` (404) */
  async require(ctx: RequestContext, id: string): Promise<Session> {
    const session = await this.db.session.findUnique({ where: { id, instanceId: ctx.instanceId } });
    if (!session) throw notFound('session', id);
    return session;
  }

  private async tell(
    tx: Tx,
    ctx: RequestContext,
    type: 'session.created' | `session.${SessionEnd}`,
    session: Session,
    user: FullUser,
  ) {
    const data = { ...toSessionJSON(session), user: toUserJSON(user, await this.users.view(ctx.instanceId)) };
    await this.outbox.add(tx, event(ctx, type, session.userId, data));
  }
}
