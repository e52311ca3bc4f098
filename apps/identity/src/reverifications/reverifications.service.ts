import { Injectable } from '@nestjs/common';
import type { SessionVerificationJSON } from '@clerk/shared/types';
import type { RequestContext } from '@latchkey/contracts';
import { ApiError, Clock, newId, notFound, paramError } from '@latchkey/core';
import { transaction } from '@latchkey/db';
import { Sweepers } from '@latchkey/jobs';
import { ClientSnapshotsService } from '../client-snapshots/client-snapshots.service.js';
import { ClientsService } from '../clients/clients.service.js';
import { IdentityDb, type Tx } from '../db.js';
import type { Client, Prisma, Reverification, Session, User, Verification } from '../generated/prisma/client.js';
import { InstancesService } from '../instances/instances.service.js';
import { LockoutsService } from '../lockouts/lockouts.service.js';
import { MessagesService } from '../messages/messages.service.js';
import { PasswordsService } from '../passwords/passwords.service.js';
import { SecondFactorsService } from '../second-factors/second-factors.service.js';
import { living } from '../sessions/living.js';
import { noSecondFactors, passwordIncorrect, strategyForUserInvalid } from '../sign-ins/sign-ins.errors.js';
import { firstFactors, secondFactors } from '../sign-ins/sign-ins.factors.js';
import type { FullUser } from '../users/users.serializer.js';
import { UsersService } from '../users/users.service.js';
import {
  codeIncorrect,
  verificationMissing,
  verificationStrategyInvalid,
} from '../verifications/verifications.errors.js';
import { VerificationsService } from '../verifications/verifications.service.js';
import { invalidActionForSessionReverification, sessionReverificationMissing } from './reverifications.errors.js';
import type {
  AttemptFirstFactor,
  AttemptSecondFactor,
  PrepareFirstFactor,
  PrepareSecondFactor,
  StartReverification,
} from './reverifications.schemas.js';
import { toReverificationJSON } from './reverifications.serializer.js';
import { afterFirst, effectiveLevel, firstStep, type Level, type Step } from './step-up.js';

const ABANDON_MS = 10 * 60_000;
const SWEEP_EVERY_MS = 3_600_000;
/** What a session's user can prove again here. Others (passkeys, enterprise connections) are not there yet. */
const FIRST_STRATEGIES = ['password', 'email_code', 'phone_code'];

/** A step-up with all that it is about, the client held. */
interface Running {
  client: Client;
  session: Session;
  user: FullUser;
  row: Reverification;
}

/** Reverification: whoever sits at a session that goes on proves again that they are its user. */
@Injectable()
export class ReverificationsService {
  constructor(
    private readonly db: IdentityDb,
    private readonly clients: ClientsService,
    private readonly snapshots: ClientSnapshotsService,
    private readonly instances: InstancesService,
    private readonly users: UsersService,
    private readonly lockouts: LockoutsService,
    private readonly passwords: PasswordsService,
    private readonly messages: MessagesService,
    private readonly verifications: VerificationsService,
    private readonly secondFactors: SecondFactorsService,
    private readonly clock: Clock,
    sweepers: Sweepers,
  ) {
    sweepers.every('identity.reverifications', SWEEP_EVERY_MS, () => this.sweep());
  }

  /** Starts a step-up of a session of the calling client, in place of the one before. @throws `resource_not_found` (404) */
  async start(
    ctx: RequestContext,
    sessionId: string,
    { level: asked }: StartReverification,
  ): Promise<SessionVerificationJSON> {
    const settings = await this.instances.settings(ctx.instanceId);
    await transaction(this.db, async (tx) => {
      const { client, session, user } = await this.hold(tx, ctx, sessionId);
      const now = this.clock.now();
      const level = effectiveLevel(asked ?? 'second_factor', secondFactors(user, settings).length > 0);
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
    });
    return this.toJSON(ctx, sessionId);
  }

  /** Sends the code of a first factor. @throws `strategy_for_user_invalid`, `session_reverification_missing` (400) */
  async prepareFirst(
    ctx: RequestContext,
    sessionId: string,
    input: PrepareFirstFactor,
  ): Promise<SessionVerificationJSON> {
    const settings = await this.instances.settings(ctx.instanceId);
    await transaction(this.db, async (tx) => {
      const { user, row } = await this.holdRunning(tx, ctx, sessionId, 'needs_first_factor');
      await this.lockouts.requireUnlocked(tx, ctx, user.id);
      const wanted = input.email_address_id ?? input.phone_number_id;
      const factors = firstFactors(user, settings).filter(({ strategy }) => strategy === input.strategy) as Factor[];
      const factor =
        factors.find((one) => (wanted ? idOf(one) === wanted : one.primary)) ?? (wanted ? undefined : factors[0]);
      if (!factor || !FIRST_STRATEGIES.includes(input.strategy) || input.strategy === 'password')
        throw strategyForUserInvalid();
      const verification = await this.send(tx, ctx, user, factor, row.firstVerificationId);
      await this.updateRow(tx, ctx, row, { firstVerificationId: verification.id });
    });
    return this.toJSON(ctx, sessionId);
  }

  /** Tries a first factor. @throws `form_password_incorrect`, `form_code_incorrect` (422), `verification_*` (400), `user_locked` (403) */
  async attemptFirst(
    ctx: RequestContext,
    sessionId: string,
    input: AttemptFirstFactor,
  ): Promise<SessionVerificationJSON> {
    const { strategy } = input;
    if (!FIRST_STRATEGIES.includes(strategy)) throw verificationStrategyInvalid();
    const given = strategy === 'password' ? input.password : input.code;
    const param = strategy === 'password' ? 'password' : 'code';
    if (!given) throw paramError('form_param_missing', param, 'is missing', `Enter the ${param}.`);
    const tried = strategy === 'password' ? await this.tryPassword(ctx, sessionId, given) : undefined;
    await this.attempt(ctx, sessionId, 'needs_first_factor', async (tx, running, held) => {
      if (!tried) return this.judgeCode(tx, ctx, held, running.row.firstVerificationId, strategy, given);
      if (!held.passwordDigest) return strategyForUserInvalid();
      if (!tried.isOf(held)) return this.lockouts.countFailure(tx, ctx, held, passwordIncorrect());
      const verification = await this.verifications.createVerified(tx, ctx, 'password');
      await this.updateRow(tx, ctx, running.row, { firstVerificationId: verification.id });
      return undefined;
    });
    return this.toJSON(ctx, sessionId);
  }

  /** Sends the code of a second factor. @throws `strategy_for_user_invalid` (400) */
  async prepareSecond(
    ctx: RequestContext,
    sessionId: string,
    input: PrepareSecondFactor,
  ): Promise<SessionVerificationJSON> {
    const settings = await this.instances.settings(ctx.instanceId);
    await transaction(this.db, async (tx) => {
      const { user, row } = await this.holdRunning(tx, ctx, sessionId, 'needs_second_factor');
      await this.lockouts.requireUnlocked(tx, ctx, user.id);
      const numbers = secondFactors(user, settings).filter(({ strategy }) => strategy === 'phone_code') as Factor[];
      const wanted = input.phone_number_id;
      const factor =
        numbers.find((one) => (wanted ? idOf(one) === wanted : one.default)) ?? (wanted ? undefined : numbers[0]);
      if (!factor || (input.strategy && input.strategy !== 'phone_code')) throw strategyForUserInvalid();
      const verification = await this.send(tx, ctx, user, factor, row.secondVerificationId);
      await this.updateRow(tx, ctx, row, { secondVerificationId: verification.id });
    });
    return this.toJSON(ctx, sessionId);
  }

  /** Tries a second factor. @throws `form_code_incorrect` (422), `no_second_factors` (400), `user_locked` (403) */
  async attemptSecond(
    ctx: RequestContext,
    sessionId: string,
    input: AttemptSecondFactor,
  ): Promise<SessionVerificationJSON> {
    const { strategy, code } = input;
    const settings = await this.instances.settings(ctx.instanceId);
    const hash = strategy === 'backup_code' ? await this.findBackupCode(ctx, sessionId, code) : undefined;
    await this.attempt(ctx, sessionId, 'needs_second_factor', async (tx, { user, row }, held) => {
      if (!secondFactors(user, settings).some((factor) => factor.strategy === strategy)) return noSecondFactors();
      if (strategy === 'phone_code') return this.judgeCode(tx, ctx, held, row.secondVerificationId, strategy, code);
      const isRight =
        strategy === 'totp'
          ? await this.secondFactors.useTotp(held, code, tx)
          : hash !== undefined && (await this.secondFactors.spendBackupCode(held, hash, tx));
      if (!isRight) return this.lockouts.countFailure(tx, ctx, held, codeIncorrect());
      const verification = await this.verifications.createVerified(tx, ctx, strategy);
      await this.updateRow(tx, ctx, row, { secondVerificationId: verification.id });
      return undefined;
    });
    return this.toJSON(ctx, sessionId);
  }

  /** Forgets step-ups that are over and that no session names any more as its newest. */
  async sweep(): Promise<void> {
    // Across all instances: the raw statement says so.
    await this.db.$executeRaw`
      DELETE FROM reverifications WHERE abandon_at <= ${this.clock.now()}
        AND NOT EXISTS (SELECT FROM sessions WHERE sessions.reverification_id = reverifications.id AND status IN ('active', 'pending'))`;
  }

  /** One attempt with client and user held. A problem is thrown after the commit, so that what it counted stays counted. */
  private async attempt(
    ctx: RequestContext,
    sessionId: string,
    step: Step,
    judge: (tx: Tx, running: Running, held: User) => Promise<ApiError | undefined>,
  ): Promise<void> {
    const problem = await transaction(this.db, async (tx) => {
      const running = await this.holdRunning(tx, ctx, sessionId, step);
      const held = (await this.lockouts.hold(tx, ctx, running.user.id))!;
      const refused = this.lockouts.refusal(held) ?? (await judge(tx, running, held));
      if (refused) return refused;
      await this.proved(tx, ctx, running, step);
      return undefined;
    });
    if (problem) throw problem;
  }

  /** The age of the proved factor begins anew, in the very next token. */
  private async proved(tx: Tx, ctx: RequestContext, { client, session, row }: Running, step: Step): Promise<void> {
    const now = this.clock.now();
    const isFirst = step === 'needs_first_factor';
    const next = isFirst ? afterFirst(row.level as Level) : 'complete';
    await this.updateRow(tx, ctx, row, { status: next });
    await this.updateSession(tx, ctx, session, isFirst ? { firstFactorAt: now } : { secondFactorAt: now });
    await this.clients.bump(tx, ctx.instanceId, client.id);
    // Whoever proves it again has shown that the failures were theirs.
    await tx.user.updateMany({
      where: { id: session.userId, instanceId: ctx.instanceId, failedAttempts: { gt: 0 } },
      data: { failedAttempts: 0 },
    });
  }

  private async judgeCode(
    tx: Tx,
    ctx: RequestContext,
    held: User,
    verificationId: string | null,
    strategy: string,
    code: string,
  ): Promise<ApiError | undefined> {
    const verification = await this.find(tx, ctx, verificationId);
    if (!verification) return verificationMissing();
    if (verification.strategy !== strategy) return verificationStrategyInvalid();
    const problem = await this.verifications.attemptCode(tx, ctx, verification.id, code);
    return problem?.code === 'form_code_incorrect' ? this.lockouts.countFailure(tx, ctx, held, problem) : problem;
  }

  private async send(
    tx: Tx,
    ctx: RequestContext,
    user: FullUser,
    factor: Factor,
    runningId: string | null,
  ): Promise<Verification> {
    const email = user.emailAddresses.find(({ id }) => id === factor.email_address_id);
    const phone = user.phoneNumbers.find(({ id }) => id === factor.phone_number_id);
    const running = await this.find(tx, ctx, runningId);
    const isSame = (running?.details as { identifier_id?: string } | undefined)?.identifier_id === idOf(factor);
    const options = { userId: user.id, identifierId: idOf(factor), previous: isSame ? running : null };
    return email
      ? this.messages.startEmailCode(tx, ctx, email.emailAddress, options)
      : this.messages.startPhoneCode(tx, ctx, phone!.phoneNumber, options);
  }

  private async tryPassword(ctx: RequestContext, sessionId: string, password: string) {
    const { userId } = await this.requireSession(this.db, ctx, sessionId);
    const user = await this.users.require(ctx, userId);
    return this.passwords.try(user, password);
  }

  private async findBackupCode(ctx: RequestContext, sessionId: string, code: string): Promise<string | undefined> {
    const { userId } = await this.requireSession(this.db, ctx, sessionId);
    const { backupCodeHashes: hashes } = await this.users.require(ctx, userId);
    return this.secondFactors.findBackupCode(hashes, code);
  }

  private async hold(tx: Tx, ctx: RequestContext, sessionId: string) {
    const client = await this.clients.lock(tx, ctx);
    if (!client) throw notFound('session', sessionId);
    const session = await this.requireSession(tx, ctx, sessionId);
    return { client, session, user: await this.users.requireIn(tx, ctx, session.userId) };
  }

  private async holdRunning(tx: Tx, ctx: RequestContext, sessionId: string, step: Step): Promise<Running> {
    const held = await this.hold(tx, ctx, sessionId);
    const row = await this.current(tx, ctx, held.session);
    if (!row || row.abandonAt <= this.clock.now()) throw sessionReverificationMissing();
    if (row.status !== step) throw invalidActionForSessionReverification();
    return { ...held, row };
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

  private async find(db: Tx | IdentityDb, ctx: RequestContext, id: string | null): Promise<Verification | null> {
    return id ? db.verification.findUnique({ where: { id, instanceId: ctx.instanceId } }) : null;
  }

  private updateRow(tx: Tx, ctx: RequestContext, { id }: Reverification, data: Prisma.ReverificationUpdateInput) {
    return tx.reverification.update({ where: { id, instanceId: ctx.instanceId }, data });
  }

  private updateSession(tx: Tx, ctx: RequestContext, { id }: Session, data: Prisma.SessionUpdateInput) {
    return tx.session.update({ where: { id, instanceId: ctx.instanceId }, data });
  }

  private async toJSON(ctx: RequestContext, sessionId: string): Promise<SessionVerificationJSON> {
    const session = await this.requireSession(this.db, ctx, sessionId);
    const row = await this.current(this.db, ctx, session);
    if (!row) throw sessionReverificationMissing();
    const [settings, user, client, firstVerification, secondVerification] = await Promise.all([
      this.instances.settings(ctx.instanceId),
      this.users.require(ctx, session.userId),
      this.clients.require(ctx, session.clientId),
      this.find(this.db, ctx, row.firstVerificationId),
      this.find(this.db, ctx, row.secondVerificationId),
    ]);
    const [shown] = await this.snapshots.sessions(ctx, [session], client);
    return toReverificationJSON(row, {
      session: shown!,
      firstFactors: firstFactors(user, settings).filter(({ strategy }) => FIRST_STRATEGIES.includes(strategy)),
      secondFactors: secondFactors(user, settings),
      firstVerification,
      secondVerification,
      now: this.clock.now(),
    });
  }
}

/** A factor with its address or number, as lists of factors have it. */
interface Factor {
  strategy: string;
  email_address_id?: string;
  phone_number_id?: string;
  primary?: boolean;
  default?: boolean;
}

const idOf = (factor: Factor) => factor.email_address_id ?? factor.phone_number_id;
