import { Injectable } from '@nestjs/common';
import type { SessionVerificationJSON } from '@clerk/shared/types';
import type { RequestContext } from '@latchkey/contracts';
import { Clock, newId, notFound } from '@latchkey/core';
import { ClientSnapshotsService } from '../client-snapshots/client-snapshots.service.js';
import { ClientsService } from '../clients/clients.service.js';
import { IdentityDb, type Tx } from '../db.js';
import type { Client, Prisma, Reverification, Session, Verification } from '../generated/prisma/client.js';
import { InstancesService } from '../instances/instances.service.js';
import { living } from '../sessions/living.js';
import { firstFactors, secondFactors } from '../sign-ins/sign-ins.factors.js';
import type { FullUser } from '../users/users.serializer.js';
import { UsersService } from '../users/users.service.js';
import { invalidActionForSessionReverification, sessionReverificationMissing } from './reverifications.errors.js';
import { toReverificationJSON } from './reverifications.serializer.js';
import { afterFirst, effectiveLevel, firstStep, type Level, type Step } from './step-up.js';

const ABANDON_MS = 10 * 60_000;
/** What a session's user can prove again here. Others (passkeys, enterprise connections) are not there yet. */
export const FIRST_STRATEGIES = ['password', 'email_code', 'phone_code'];

/** A step-up with all that it is about, the client held. */
export interface Running {
  client: Client;
  session: Session;
  user: FullUser;
  row: Reverification;
}

/** A factor with its address or number, as lists of factors have it. */
export interface Factor {
  strategy: string;
  email_address_id?: string;
  phone_number_id?: string;
  primary?: boolean;
  default?: boolean;
}

/** Step-ups as they are stored: of which session, what is proved and what is wanted next, and how that is shown. */
@Injectable()
export class ReverificationStatesService {
  constructor(
    private readonly db: IdentityDb,
    private readonly clients: ClientsService,
    private readonly snapshots: ClientSnapshotsService,
    private readonly instances: InstancesService,
    private readonly users: UsersService,
    private readonly clock: Clock,
  ) {}

  /** Makes a step-up the newest of a session of the calling client. @throws `resource_not_found` (404) */
  async begin(tx: Tx, ctx: RequestContext, sessionId: string, asked: Level): Promise<void> {
    const { client, session, user } = await this.hold(tx, ctx, sessionId);
    const now = this.clock.now();
    const level = effectiveLevel(asked, (await this.secondFactors(ctx, user)).length > 0);
    const row = await tx.reverification.create({
      data: {
        id: newId('reverification', now),
        instanceId: ctx.instanceId,
        sessionId: session.id,
        level,
        status: firstStep(level),
        abandonAt: new Date(now.getTime() + ABANDON_MS),
      },
    });
    await this.updateSession(tx, ctx, session, { reverificationId: row.id });
    this.clients.changed(tx, ctx.instanceId, client.id);
  }

  /**
   * The newest step-up of a session of the calling client, which is held.
   *
   * @throws `resource_not_found` (404), `session_reverification_missing` (400) when there is none under way,
   *   `invalid_action_for_session_reverification` (400) when it stands at another step
   */
  async require(tx: Tx, ctx: RequestContext, sessionId: string, step: Step): Promise<Running> {
    const held = await this.hold(tx, ctx, sessionId);
    const row = await this.current(tx, ctx, held.session);
    if (!row || row.abandonAt <= this.clock.now()) throw sessionReverificationMissing();
    if (row.status !== step) throw invalidActionForSessionReverification();
    return { ...held, row };
  }

  /** The user of a living session of the calling client. @throws `resource_not_found` (404) */
  async requireUser(ctx: RequestContext, sessionId: string): Promise<FullUser> {
    const { userId } = await this.requireSession(this.db, ctx, sessionId);
    return this.users.require(ctx, userId);
  }

  /** Names the proof that is under way, or done, for a step. */
  async nameProof(tx: Tx, ctx: RequestContext, row: Reverification, step: Step, proof: Verification): Promise<void> {
    const isFirst = step === 'needs_first_factor';
    await this.update(tx, ctx, row, isFirst ? { firstVerificationId: proof.id } : { secondVerificationId: proof.id });
  }

  /** The age of the proved factor begins anew, in the very next token. */
  async proved(tx: Tx, ctx: RequestContext, { client, session, row }: Running, step: Step): Promise<void> {
    const now = this.clock.now();
    const isFirst = step === 'needs_first_factor';
    await this.update(tx, ctx, row, { status: isFirst ? afterFirst(row.level as Level) : 'complete' });
    await this.updateSession(tx, ctx, session, isFirst ? { firstFactorAt: now } : { secondFactorAt: now });
    await this.clients.bump(tx, ctx.instanceId, client.id);
    // Whoever proves it again has shown that the failures were theirs.
    await tx.user.updateMany({
      where: { id: session.userId, instanceId: ctx.instanceId, failedAttempts: { gt: 0 } },
      data: { failedAttempts: 0 },
    });
  }

  /** What the user can prove first. */
  async firstFactors(ctx: RequestContext, user: FullUser): Promise<Factor[]> {
    const factors = firstFactors(user, await this.instances.settings(ctx.instanceId));
    return factors.filter(({ strategy }) => FIRST_STRATEGIES.includes(strategy));
  }

  /** What the user can prove besides. */
  async secondFactors(ctx: RequestContext, user: FullUser): Promise<Factor[]> {
    return secondFactors(user, await this.instances.settings(ctx.instanceId));
  }

  /** The session's newest step-up as FAPI shows it. @throws `resource_not_found` (404) */
  async toJSON(ctx: RequestContext, sessionId: string): Promise<SessionVerificationJSON> {
    const session = await this.requireSession(this.db, ctx, sessionId);
    const row = await this.current(this.db, ctx, session);
    if (!row) throw sessionReverificationMissing();
    const [user, client, firstVerification, secondVerification] = await Promise.all([
      this.users.require(ctx, session.userId),
      this.clients.require(ctx, session.clientId),
      this.proof(this.db, ctx, row.firstVerificationId),
      this.proof(this.db, ctx, row.secondVerificationId),
    ]);
    const [shown] = await this.snapshots.sessions(ctx, [session], client);
    return toReverificationJSON(row, {
      session: shown!,
      firstFactors: await this.firstFactors(ctx, user),
      secondFactors: await this.secondFactors(ctx, user),
      firstVerification,
      secondVerification,
      now: this.clock.now(),
    });
  }

  /** A proof of a step-up; null when nothing was sent or tried yet. */
  async proof(db: Tx | IdentityDb, ctx: RequestContext, id: string | null): Promise<Verification | null> {
    return id ? db.verification.findUnique({ where: { id, instanceId: ctx.instanceId } }) : null;
  }

  private async hold(tx: Tx, ctx: RequestContext, sessionId: string): Promise<Omit<Running, 'row'>> {
    const client = await this.clients.lock(tx, ctx);
    if (!client) throw notFound('session', sessionId);
    const session = await this.requireSession(tx, ctx, sessionId);
    return { client, session, user: await this.users.requireIn(tx, ctx, session.userId) };
  }

  private async requireSession(db: Tx | IdentityDb, ctx: RequestContext, id: string): Promise<Session> {
    const session = ctx.clientId
      ? await db.session.findFirst({
          where: { id, instanceId: ctx.instanceId, clientId: ctx.clientId, ...living(this.clock.now()) },
        })
      : null;
    if (!session) throw notFound('session', id);
    return session;
  }

  private async current(db: Tx | IdentityDb, ctx: RequestContext, session: Session): Promise<Reverification | null> {
    return session.reverificationId
      ? db.reverification.findUnique({ where: { id: session.reverificationId, instanceId: ctx.instanceId } })
      : null;
  }

  private update(tx: Tx, ctx: RequestContext, { id }: Reverification, data: Prisma.ReverificationUpdateInput) {
    return tx.reverification.update({ where: { id, instanceId: ctx.instanceId }, data });
  }

  private updateSession(tx: Tx, ctx: RequestContext, { id }: Session, data: Prisma.SessionUpdateInput) {
    return tx.session.update({ where: { id, instanceId: ctx.instanceId }, data });
  }
}
