import { Injectable } from '@nestjs/common';
import type { RequestContext } from '@latchkey/contracts';
import { Clock, newId, notFound } from '@latchkey/core';
import { transaction } from '@latchkey/db';
import { event, Outbox, type EventCause } from '@latchkey/events';
import { slice, type RowPage } from '@latchkey/http';
import { requireDevelopment } from '../instances/development-only.js';
import { ClientsService } from '../clients/clients.service.js';
import { IdentityDb, type Tx } from '../db.js';
import type { Client, Prisma, Session } from '../generated/prisma/client.js';
import { InstancesService } from '../instances/instances.service.js';
import { userBanned } from '../users/users.errors.js';
import { hasSecondFactor, toUserJSON, type FullUser } from '../users/users.serializer.js';
import { UsersService } from '../users/users.service.js';
import { living } from './living.js';
import { isNewHour, usersActive } from './session-activity.events.js';
import { activityOf, type SessionActivity } from './sessions.activity.js';
import { MemberClaimsService } from './member-claims.service.js';
import { absence } from './sessions.queries.js';
import type { ListSessions } from './sessions.schemas.js';
import { toSessionJSON } from './sessions.serializer.js';
import { tasksOf, type SessionTask } from './sessions.tasks.js';

const SECOND = 1000;
/** A session with no limit to its pauses is given up when it would end anyway. */
const NO_LIMIT = 0;

/** What a sign-in has proved about the session that it starts. */
export interface Proof {
  firstFactorAt: Date | null;
  secondFactorAt: Date | null;
  /** How the first factor was proved, when the UI marks it as "last used". */
  strategy?: string;
  /** Who impersonates the user. */
  actor?: Prisma.InputJsonValue;
  /** The organization that is active from the start. The caller has made sure that the user belongs to it. */
  organizationId?: string;
  /** Seconds that the session lasts at most, when not the instance's. */
  lifetime?: number;
}

/** How a session is touched. */
export interface Touch {
  /** The organization that becomes active, null for the personal account; left out it stays. */
  organizationId?: string | null;
  /** The client acts through this session from now on. */
  isSelected: boolean;
}

/** What of a user the tasks of their sessions depend on. */
const TASK_COLUMNS = ['passwordCompromised', 'totpSecret', 'totpVerifiedAt', 'mfaEnabledAt', 'mfaDisabledAt'];

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
    private readonly members: MemberClaimsService,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  /** Signs a user in on a client: a new session, which the client acts through from now on; the client's token is renewed. */
  async start(tx: Tx, ctx: RequestContext, client: Client, user: FullUser, proof: Proof): Promise<Session> {
    const now = this.clock.now();
    const { sessions: settings } = await this.instances.settings(ctx.instanceId);
    const lifetime = (proof.lifetime ?? settings.maximum_lifetime) * SECOND;
    const pause = settings.inactivity_timeout === NO_LIMIT ? lifetime : settings.inactivity_timeout * SECOND;
    const organizationId = proof.organizationId ?? null;
    const tasks = await this.tasks(ctx, user, { lastActiveOrganizationId: organizationId, actor: proof.actor ?? null });
    const session = await tx.session.create({
      data: {
        id: newId('session', now),
        instanceId: ctx.instanceId,
        clientId: client.id,
        userId: user.id,
        status: tasks.length ? 'pending' : 'active',
        actor: proof.actor,
        lastActiveOrganizationId: organizationId,
        lastActiveAt: now,
        // What its times count from; the row is written a moment later.
        createdAt: now,
        expireAt: new Date(now.getTime() + lifetime),
        abandonAt: new Date(now.getTime() + Math.min(pause, lifetime)),
        firstFactorAt: proof.firstFactorAt,
        secondFactorAt: proof.secondFactorAt,
        activity: activityOf(newId('sessionActivity', now), ctx.userAgent, ctx.ipAddress),
      },
    });
    await tx.user.updateMany({
      where: { id: user.id, instanceId: ctx.instanceId },
      data: { lastSignInAt: now, lastActiveAt: now, failedAttempts: 0, updatedAt: user.updatedAt },
    });
    if (isNewHour(user.lastActiveAt, now)) await this.outbox.add(tx, usersActive(ctx, [{ id: user.id, at: now }]));
    await this.clients.update(
      tx,
      ctx,
      client,
      {
        lastActiveSessionId: session.id,
        signInId: null,
        signUpId: null,
        ...(proof.strategy && { lastAuthenticationStrategy: proof.strategy }),
      },
      { rotate: true },
    );
    await this.tell(tx, ctx, 'session.created', session, user);
    if (tasks.length) await this.tell(tx, ctx, 'session.pending', session, user);
    return session;
  }

  /**
   * Notes that a session of a client is in use, and changes what is active. A task that this completes makes the session active.
   *
   * @returns the session, and whether its client must be told of a change
   * @throws `authentication_invalid` (401) when the session is over; `resource_not_found` (404) when it is another client's
   */
  async touch(
    tx: Tx,
    ctx: RequestContext,
    client: Client,
    id: string,
    { organizationId, isSelected }: Touch,
  ): Promise<{ session: Session; isChanged: boolean }> {
    const now = this.clock.now();
    const where = { id, instanceId: ctx.instanceId, clientId: client.id, ...living(now) };
    const before = await tx.session.findFirst({ where });
    if (!before) throw await absence(tx, where, id);
    const active = organizationId === undefined ? before.lastActiveOrganizationId : organizationId;
    const user = await this.users.requireIn(tx, ctx, before.userId);
    const tasks = await this.tasks(ctx, user, { lastActiveOrganizationId: active, actor: before.actor });
    const status = tasks.length ? 'pending' : 'active';
    const { inactivity_timeout: timeout } = (await this.instances.settings(ctx.instanceId)).sessions;
    const [session] = await tx.session.updateManyAndReturn({
      where,
      data: {
        status,
        lastActiveOrganizationId: active,
        lastActiveAt: now,
        activity: activityOf(activityId(before), ctx.userAgent, ctx.ipAddress),
        ...(timeout !== NO_LIMIT && {
          abandonAt: new Date(Math.min(before.expireAt.getTime(), now.getTime() + timeout * SECOND)),
        }),
      },
    });
    if (!session) throw await absence(tx, where, id);
    const isSame = active === before.lastActiveOrganizationId && status === before.status;
    const isChanged = !isSame || (isSelected && client.lastActiveSessionId !== id);
    if (isChanged) await this.clients.update(tx, ctx, client, isSelected ? { lastActiveSessionId: id } : {});
    else if (timeout !== NO_LIMIT) this.clients.changed(tx, ctx.instanceId, client.id);
    if (status === 'pending' && before.status === 'active') await this.tell(tx, ctx, 'session.pending', session, user);
    return { session, isChanged };
  }

  /**
   * Makes the organization active that a server has put the user into since they last signed in. It is for a session that has
   * just begun, after its transaction: that asks no other service.
   *
   * @param user as they were before
   */
  async enterGranted(ctx: RequestContext, id: string, user: FullUser): Promise<void> {
    const organizationId = await this.members.granted(ctx, user);
    if (!organizationId) return;
    await transaction(this.db, async (tx) => {
      const client = await this.clients.lock(tx, ctx);
      if (client) await this.touch(tx, ctx, client, id, { organizationId, isSelected: false });
    });
  }

  /**
   * Changes a user's fields, and lets sessions follow whose tasks that opens or completes (password, second factor).
   * Hold the user and their clients before (`ClientsService.lockWithUsers`).
   */
  async changeUser(
    tx: Tx,
    ctx: RequestContext,
    id: string,
    columns: Prisma.UserUncheckedUpdateInput,
  ): Promise<FullUser> {
    const user = await this.users.update(tx, ctx, id, columns);
    if (TASK_COLUMNS.some((column) => column in columns)) await this.settle(tx, ctx, user);
    return user;
  }

  /**
   * Makes the living sessions of a user active or pending as their tasks now say: after a change to the user see `changeUser`;
   * call it after the settings of tasks were taken up.
   */
  async settle(tx: Tx, ctx: { instanceId: string }, user: FullUser): Promise<void> {
    const sessions = await tx.session.findMany({
      where: { instanceId: ctx.instanceId, userId: user.id, ...living(this.clock.now()) },
    });
    await this.clients.lockAll(
      tx,
      sessions.map(({ clientId }) => clientId),
    );
    for (const session of sessions) {
      const status = (await this.tasks(ctx, user, session)).length ? 'pending' : 'active';
      if (status === session.status) continue;
      const [changed] = await tx.session.updateManyAndReturn({
        where: { id: session.id, instanceId: ctx.instanceId, status: session.status },
        data: { status },
      });
      if (!changed) continue;
      await this.clients.bump(tx, ctx.instanceId, session.clientId);
      if (status === 'pending') await this.tell(tx, ctx, 'session.pending', changed, user);
    }
  }

  /** Takes an organization out of the sessions of a user in which it is active. */
  async leave(tx: Tx, ctx: { instanceId: string }, organizationId: string, userId: string): Promise<void> {
    const where = { instanceId: ctx.instanceId, lastActiveOrganizationId: organizationId, userId };
    const affected = await tx.session.findMany({ where, select: { clientId: true } });
    await this.clients.lockAll(
      tx,
      affected.map(({ clientId }) => clientId),
    );
    const left = await tx.session.updateManyAndReturn({ where, data: { lastActiveOrganizationId: null } });
    await this.clients.bumpAll(tx, ctx.instanceId, [...new Set(left.map((session) => session.clientId))]);
    for (const user of await this.usersOf(tx, ctx, left)) await this.settle(tx, ctx, user);
  }

  /** What the user of a session has to do before it counts, the current task first. */
  async tasks(
    ctx: { instanceId: string },
    user: FullUser,
    session: { lastActiveOrganizationId: string | null; actor: unknown },
  ): Promise<SessionTask[]> {
    return tasksOf(await this.instances.settings(ctx.instanceId), {
      organizationId: session.lastActiveOrganizationId,
      isImpersonated: session.actor !== null,
      isPasswordCompromised: user.passwordCompromised,
      hasSecondFactor: hasSecondFactor(user),
    });
  }

  /** What is still to be done in a session, as its row is shown by itself. */
  async tasksOf(ctx: RequestContext, session: Session): Promise<SessionTask[]> {
    return session.status === 'pending' ? this.tasks(ctx, await this.users.require(ctx, session.userId), session) : [];
  }

  /**
   * Ends sessions that are still going; others are left as they are.
   *
   * @returns those that were ended by this call
   */
  async end(
    tx: Tx,
    ctx: EventCause,
    where: { id?: string | { not: string }; clientId?: string; userId?: string },
    how: SessionEnd,
  ): Promise<Session[]> {
    const going = { ...where, instanceId: ctx.instanceId, status: { in: ['active', 'pending'] } };
    const clients = await tx.session.findMany({ where: going, select: { clientId: true }, distinct: ['clientId'] });
    // Client before session, as every request of a browser does it: otherwise the two could wait for each other.
    await this.clients.lockAll(
      tx,
      clients.map(({ clientId }) => clientId),
    );
    const ended = await tx.session.updateManyAndReturn({ where: going, data: { status: how } });
    if (ended.length === 0) return ended;
    await this.clients.bumpAll(tx, ctx.instanceId, [...new Set(ended.map((session) => session.clientId))]);
    const users = new Map((await this.usersOf(tx, ctx, ended)).map((user) => [user.id, user]));
    const view = await this.users.view(ctx.instanceId);
    const events = ended.flatMap((session) => {
      const user = users.get(session.userId);
      if (!user) return [];
      const data = { ...toSessionJSON(session, []), user: toUserJSON(user, view) };
      return event(ctx, `session.${how}` as const, session.userId, data);
    });
    if (events.length) await this.outbox.add(tx, ...events);
    return ended;
  }

  /**
   * Signs a user in without a browser, for tests of an app's server.
   *
   * @throws `request_invalid_for_environment` (400) in production; `resource_not_found`, `organization_not_found_or_unauthorized` (404)
   */
  async create(ctx: RequestContext, userId: string, organization: string | null | undefined): Promise<Session> {
    requireDevelopment(ctx, 'Sessions can be created from a server in development instances only.');
    const known = await this.users.require(ctx, userId);
    const organizationId = organization
      ? (await this.members.require(ctx, organization, userId)).organization.id
      : ((await this.members.granted(ctx, known)) ?? undefined);
    return transaction(this.db, async (tx) => {
      const user = await this.users.requireIn(tx, ctx, userId);
      if (user.isBanned) throw userBanned();
      const client = await this.clients.create(tx, ctx);
      return this.start(tx, ctx, client, user, { firstFactorAt: null, secondFactorAt: null, organizationId });
    });
  }

  /** Ends a session from outside. One that is over already stays as it is. @throws `resource_not_found` (404) */
  async revoke(ctx: RequestContext, id: string): Promise<Session> {
    await transaction(this.db, (tx) => this.end(tx, ctx, { id }, 'revoked'));
    return this.require(ctx, id);
  }

  /** After a sign-out the client acts through the session that was used last, if there is one; its token is renewed. */
  async selectNext(tx: Tx, ctx: RequestContext, client: Client): Promise<Client> {
    const left = await tx.session.findMany({
      where: { instanceId: ctx.instanceId, clientId: client.id, ...living(this.clock.now()) },
      orderBy: { lastActiveAt: 'desc' },
    });
    const current = left.find((session) => session.id === client.lastActiveSessionId) ?? left[0];
    return this.clients.update(tx, ctx, client, { lastActiveSessionId: current?.id ?? null }, { rotate: true });
  }

  /** A session, whatever its status. @throws `resource_not_found` (404) */
  async require(ctx: RequestContext, id: string): Promise<Session> {
    const session = await this.db.session.findUnique({ where: { id, instanceId: ctx.instanceId } });
    if (!session) throw notFound('session', id);
    return this.asOfNow(session);
  }

  /** @throws `resource_not_found` (404) when there is none, or it is over */
  async requireLiving(ctx: RequestContext, id: string): Promise<Session> {
    const session = await this.require(ctx, id);
    if (!isGoing(session)) throw notFound('session', id);
    return session;
  }

  /** Sessions of a user, a client or both, newest first. */
  async list(ctx: RequestContext, query: ListSessions): Promise<RowPage<Session>> {
    const where = {
      instanceId: ctx.instanceId,
      ...(query.client_id !== undefined && { clientId: query.client_id }),
      ...(query.user_id !== undefined && { userId: query.user_id }),
      ...(query.status && withStatus(query.status, this.clock.now())),
    };
    const [rows, total] = await Promise.all([
      this.db.session.findMany({ where, orderBy: [{ createdAt: 'desc' }, { id: 'desc' }], ...slice(query) }),
      this.db.session.count({ where }),
    ]);
    return { rows: rows.map((row) => this.asOfNow(row)), total };
  }

  /** A row with the status that it has by its time, although nobody has written it down yet. */
  private asOfNow(session: Session): Session {
    const now = this.clock.now();
    if (!isGoing(session)) return session;
    if (session.expireAt <= now) return { ...session, status: 'expired' };
    return session.abandonAt <= now ? { ...session, status: 'abandoned' } : session;
  }

  /** The users of sessions, as far as they are still there. */
  private usersOf(tx: Tx, ctx: { instanceId: string }, sessions: Session[]): Promise<FullUser[]> {
    return this.users.inOrder(ctx, [...new Set(sessions.map(({ userId }) => userId))], tx);
  }

  private async tell(
    tx: Tx,
    ctx: EventCause,
    type: 'session.created' | 'session.pending',
    session: Session,
    user: FullUser,
  ) {
    const tasks = session.status === 'pending' ? await this.tasks(ctx, user, session) : [];
    const data = { ...toSessionJSON(session, tasks), user: toUserJSON(user, await this.users.view(ctx.instanceId)) };
    await this.outbox.add(tx, event(ctx, type, session.userId, data));
  }
}

const activityId = (session: Session) => (session.activity as SessionActivity).id;

const isGoing = ({ status }: Session) => status === 'active' || status === 'pending';

/** The filter for a status as callers see it: what is past its time counts as over. */
function withStatus(status: string, now: Date): Prisma.SessionWhereInput {
  const going = { status: { in: ['active', 'pending'] } };
  switch (status) {
    case 'active':
    case 'pending':
      return { ...living(now), status };
    case 'expired':
      return { OR: [{ status }, { ...going, expireAt: { lte: now } }] };
    case 'abandoned':
      return { OR: [{ status }, { ...going, expireAt: { gt: now }, abandonAt: { lte: now } }] };
    default:
      return { status };
  }
}
