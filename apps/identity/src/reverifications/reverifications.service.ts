import { Injectable } from '@nestjs/common';
import type { SessionVerificationJSON } from '@clerk/shared/types';
import type { RequestContext } from '@latchkey/contracts';
import { ApiError, paramError } from '@latchkey/core';
import { transaction } from '@latchkey/db';
import { IdentityDb, type Tx } from '../db.js';
import type { User } from '../generated/prisma/client.js';
import { LockoutsService } from '../lockouts/lockouts.service.js';
import { PasswordsService } from '../passwords/passwords.service.js';
import { SecondFactorsService } from '../second-factors/second-factors.service.js';
import { noSecondFactors, passwordIncorrect, strategyForUserInvalid } from '../sign-ins/sign-ins.errors.js';
import { codeIncorrect, verificationStrategyInvalid } from '../verifications/verifications.errors.js';
import { VerificationsService } from '../verifications/verifications.service.js';
import { idOf, ReverificationCodesService } from './reverification-codes.service.js';
import {
  FIRST_STRATEGIES,
  ReverificationStatesService,
  type Factor,
  type Running,
} from './reverification-states.service.js';
import type {
  AttemptFirstFactor,
  AttemptSecondFactor,
  PrepareFirstFactor,
  PrepareSecondFactor,
  StartReverification,
} from './reverifications.schemas.js';
import type { Step } from './step-up.js';

/** Reverification: whoever sits at a session that goes on proves again that they are its user. */
@Injectable()
export class ReverificationsService {
  constructor(
    private readonly db: IdentityDb,
    private readonly states: ReverificationStatesService,
    private readonly codes: ReverificationCodesService,
    private readonly lockouts: LockoutsService,
    private readonly passwords: PasswordsService,
    private readonly secondFactors: SecondFactorsService,
    private readonly verifications: VerificationsService,
  ) {}

  /** Starts a step-up of a session of the calling client, in place of the one before. @throws `resource_not_found` (404) */
  async start(
    ctx: RequestContext,
    sessionId: string,
    { level }: StartReverification,
  ): Promise<SessionVerificationJSON> {
    await transaction(this.db, (tx) => this.states.begin(tx, ctx, sessionId, level ?? 'second_factor'));
    return this.states.toJSON(ctx, sessionId);
  }

  /** Sends the code of a first factor. @throws `strategy_for_user_invalid`, `session_reverification_missing` (400) */
  prepareFirst(ctx: RequestContext, sessionId: string, input: PrepareFirstFactor): Promise<SessionVerificationJSON> {
    const { strategy } = input;
    return this.prepare(ctx, sessionId, 'needs_first_factor', async ({ user }) => {
      if (strategy === 'password') throw strategyForUserInvalid();
      const factors = (await this.states.firstFactors(ctx, user)).filter((one) => one.strategy === strategy);
      return chosen(factors, input.email_address_id ?? input.phone_number_id, ({ primary }) => primary);
    });
  }

  /** Tries a first factor. @throws `form_password_incorrect`, `form_code_incorrect` (422), `verification_*` (400), `user_locked` (403) */
  async attemptFirst(
    ctx: RequestContext,
    sessionId: string,
    input: AttemptFirstFactor,
  ): Promise<SessionVerificationJSON> {
    const { strategy } = input;
    if (!FIRST_STRATEGIES.includes(strategy)) throw verificationStrategyInvalid();
    const param = strategy === 'password' ? 'password' : 'code';
    const given = input[param];
    if (!given) throw paramError('form_param_missing', param, 'is missing', `Enter the ${param}.`);
    // Before the transaction: a hash is dear.
    const tried =
      param === 'password' ? await this.passwords.try(await this.states.requireUser(ctx, sessionId), given) : undefined;
    return this.attempt(ctx, sessionId, 'needs_first_factor', async (tx, { row }, held) => {
      if (!tried) return this.codes.attempt(tx, ctx, held, row.firstVerificationId, strategy, given);
      if (!held.passwordDigest) return strategyForUserInvalid();
      if (!tried.isOf(held)) return this.lockouts.countFailure(tx, ctx, held, passwordIncorrect());
      const proof = await this.verifications.createVerified(tx, ctx, 'password');
      await this.states.nameProof(tx, ctx, row, 'needs_first_factor', proof);
      return undefined;
    });
  }

  /** Sends the code of a second factor. @throws `strategy_for_user_invalid` (400) */
  prepareSecond(ctx: RequestContext, sessionId: string, input: PrepareSecondFactor): Promise<SessionVerificationJSON> {
    return this.prepare(ctx, sessionId, 'needs_second_factor', async ({ user }) => {
      if (input.strategy && input.strategy !== 'phone_code') throw strategyForUserInvalid();
      const numbers = (await this.states.secondFactors(ctx, user)).filter(({ strategy }) => strategy === 'phone_code');
      return chosen(numbers, input.phone_number_id, (one) => one.default);
    });
  }

  /** Tries a second factor. @throws `form_code_incorrect` (422), `no_second_factors` (400), `user_locked` (403) */
  async attemptSecond(
    ctx: RequestContext,
    sessionId: string,
    input: AttemptSecondFactor,
  ): Promise<SessionVerificationJSON> {
    const { strategy, code } = input;
    const hash = strategy === 'backup_code' ? await this.findBackupCode(ctx, sessionId, code) : undefined;
    return this.attempt(ctx, sessionId, 'needs_second_factor', async (tx, { user, row }, held) => {
      const factors = await this.states.secondFactors(ctx, user);
      if (!factors.some((factor) => factor.strategy === strategy)) return noSecondFactors();
      if (strategy === 'phone_code') return this.codes.attempt(tx, ctx, held, row.secondVerificationId, strategy, code);
      const isRight =
        strategy === 'totp'
          ? await this.secondFactors.useTotp(held, code, tx)
          : hash !== undefined && (await this.secondFactors.spendBackupCode(held, hash, tx));
      if (!isRight) return this.lockouts.countFailure(tx, ctx, held, codeIncorrect());
      const proof = await this.verifications.createVerified(tx, ctx, strategy);
      await this.states.nameProof(tx, ctx, row, 'needs_second_factor', proof);
      return undefined;
    });
  }

  /** Sends the code of the factor that `choose` finds. */
  private async prepare(
    ctx: RequestContext,
    sessionId: string,
    step: Step,
    choose: (running: Running) => Promise<Factor>,
  ): Promise<SessionVerificationJSON> {
    await transaction(this.db, async (tx) => {
      const running = await this.states.require(tx, ctx, sessionId, step);
      const { user, row } = running;
      await this.lockouts.requireUnlocked(tx, ctx, user.id);
      const runningId = step === 'needs_first_factor' ? row.firstVerificationId : row.secondVerificationId;
      const proof = await this.codes.send(tx, ctx, user, await choose(running), runningId);
      await this.states.nameProof(tx, ctx, row, step, proof);
    });
    return this.states.toJSON(ctx, sessionId);
  }

  /** One attempt with client and user held. A problem is thrown after the commit, so that what it counted stays counted. */
  private async attempt(
    ctx: RequestContext,
    sessionId: string,
    step: Step,
    judge: (tx: Tx, running: Running, held: User) => Promise<ApiError | undefined>,
  ): Promise<SessionVerificationJSON> {
    const problem = await transaction(this.db, async (tx) => {
      const running = await this.states.require(tx, ctx, sessionId, step);
      const held = (await this.lockouts.hold(tx, ctx, running.user.id))!;
      const refused = this.lockouts.refusal(held) ?? (await judge(tx, running, held));
      if (!refused) await this.states.proved(tx, ctx, running, step);
      return refused;
    });
    if (problem) throw problem;
    return this.states.toJSON(ctx, sessionId);
  }

  private async findBackupCode(ctx: RequestContext, sessionId: string, code: string): Promise<string | undefined> {
    const { backupCodeHashes: hashes } = await this.states.requireUser(ctx, sessionId);
    return this.secondFactors.findBackupCode(hashes, code);
  }
}

/** The factor that was named; else the one that `isUsual` means, else the first. @throws `strategy_for_user_invalid` (400) */
function chosen(
  factors: Factor[],
  wanted: string | null | undefined,
  isUsual: (factor: Factor) => boolean | undefined,
): Factor {
  const factor =
    factors.find((one) => (wanted ? idOf(one) === wanted : isUsual(one))) ?? (wanted ? undefined : factors[0]);
  if (!factor) throw strategyForUserInvalid();
  return factor;
}
