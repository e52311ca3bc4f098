import { Injectable } from '@nestjs/common';
import type { RequestContext } from '@latchkey/contracts';
import type { ApiError } from '@latchkey/core';
import { transaction } from '@latchkey/db';
import { IdentityDb, type Tx } from '../db.js';
import type { Verification } from '../generated/prisma/client.js';
import { LockoutsService } from '../lockouts/lockouts.service.js';
import { MessagesService, type CodeOptions } from '../messages/messages.service.js';
import { VerificationChecksService } from '../verifications/verification-checks.service.js';
import { verificationAlreadyVerified } from '../verifications/verifications.errors.js';
import { VerificationsService } from '../verifications/verifications.service.js';
import { claimed, IdentifiersService, valueOf, type IdentifierKind } from './identifiers.service.js';

const STRATEGIES = { email_address: 'email_code', phone_number: 'phone_code' } as const;

/** Codes with which users prove their addresses and numbers, and with which an app's server checks by itself who reads their mail. */
@Injectable()
export class IdentifierCodesService {
  constructor(
    private readonly db: IdentityDb,
    private readonly identifiers: IdentifiersService,
    private readonly messages: MessagesService,
    private readonly verifications: VerificationsService,
    private readonly checks: VerificationChecksService,
    private readonly lockouts: LockoutsService,
  ) {}

  /**
   * Sends a user a code that proves one of theirs.
   *
   * @throws `verification_already_verified`, `verification_strategy_invalid` (400), `resource_not_found` (404), and as `MessagesService.startEmailCode`
   */
  async prepare<K extends IdentifierKind>(ctx: RequestContext, kind: K, userId: string, id: string, strategy: string) {
    return this.identifiers.change(ctx, kind, userId, async (tx) => {
      const row = await this.identifiers.require(ctx, kind, id, userId, tx);
      this.identifiers.requireProvable(row, strategy, STRATEGIES[kind]);
      const options = { previous: row.verification, userId, identifierId: id };
      const verification = await this.start(tx, ctx, kind, valueOf(kind, row), options);
      await this.identifiers.provesBy(tx, ctx, kind, id, verification.id);
      return id;
    });
  }

  /**
   * Tries the code that was sent to one; the right one makes it its user's alone. Wrong ones count for the user's lockout.
   *
   * @throws `form_code_incorrect` (422), `verification_*`, `identification_claimed` (400), `user_locked` (403), `resource_not_found` (404)
   */
  async attempt<K extends IdentifierKind>(ctx: RequestContext, kind: K, userId: string, id: string, code: string) {
    const work = async (tx: Tx): Promise<ApiError | undefined> => {
      const user = await this.identifiers.locked(tx, ctx, userId);
      const row = await this.identifiers.require(ctx, kind, id, userId, tx);
      if (row.verifiedAt) throw verificationAlreadyVerified();
      const locked = this.lockouts.refusal(user);
      if (locked) return locked;
      const problem = await this.verifications.attemptCode(tx, ctx, row.verificationId, code);
      if (problem?.code === 'form_code_incorrect') return this.lockouts.countFailure(tx, ctx, user, problem);
      if (problem) return problem;
      await this.identifiers.prove(tx, ctx, kind, user, row, row.verificationId);
      return undefined;
    };
    const problem = await transaction(this.db, work, { taken: claimed });
    if (problem) throw problem;
    return this.identifiers.require(ctx, kind, id, userId);
  }

  /** Sends a code that the app's server checks. @throws `resource_not_found` (404) */
  async prepareCheck(ctx: RequestContext, kind: IdentifierKind, id: string): Promise<Verification> {
    const row = await this.identifiers.require(ctx, kind, id);
    const options = { userId: row.userId, identifierId: id };
    return transaction(this.db, (tx) => this.start(tx, ctx, kind, valueOf(kind, row), options));
  }

  /**
   * Tries the code of a check; the right one also proves the address or number, if nothing has yet.
   *
   * @throws `resource_not_found` (404), `verification_already_verified`, `identification_claimed` (400)
   */
  async attemptCheck(
    ctx: RequestContext,
    kind: IdentifierKind,
    id: string,
    verificationId: string,
    code: string,
  ): Promise<Verification> {
    const { userId } = await this.identifiers.require(ctx, kind, id);
    const work = async (tx: Tx) => {
      const user = await this.identifiers.locked(tx, ctx, userId);
      const row = await this.identifiers.require(ctx, kind, id, userId, tx);
      const verification = await this.checks.attempt(tx, ctx, id, verificationId, code);
      if (verification.status === 'verified' && !row.verifiedAt)
        await this.identifiers.prove(tx, ctx, kind, user, row, verificationId);
      return verification;
    };
    return transaction(this.db, work, { taken: claimed });
  }

  private start(tx: Tx, ctx: RequestContext, kind: IdentifierKind, value: string, options: CodeOptions) {
    return kind === 'email_address'
      ? this.messages.startEmailCode(tx, ctx, value, options)
      : this.messages.startPhoneCode(tx, ctx, value, options);
  }
}
