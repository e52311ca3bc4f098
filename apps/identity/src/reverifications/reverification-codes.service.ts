import { Injectable } from '@nestjs/common';
import type { RequestContext } from '@latchkey/contracts';
import type { ApiError } from '@latchkey/core';
import type { Tx } from '../db.js';
import type { User, Verification } from '../generated/prisma/client.js';
import { LockoutsService } from '../lockouts/lockouts.service.js';
import { MessagesService } from '../messages/messages.service.js';
import type { FullUser } from '../users/users.serializer.js';
import { verificationMissing, verificationStrategyInvalid } from '../verifications/verifications.errors.js';
import { VerificationsService } from '../verifications/verifications.service.js';
import { ReverificationStatesService, type Factor } from './reverification-states.service.js';

/** Codes that a step-up is proved by: sent to an address of the user, and judged. */
@Injectable()
export class ReverificationCodesService {
  constructor(
    private readonly states: ReverificationStatesService,
    private readonly lockouts: LockoutsService,
    private readonly messages: MessagesService,
    private readonly verifications: VerificationsService,
  ) {}

  /**
   * Sends a code.
   *
   * @param factor with the address or number it goes to
   * @param runningId of the proof under way, which goes on when it is of the same address
   * @throws `user_locked` (403), `too_many_requests` (429)
   */
  async send(
    tx: Tx,
    ctx: RequestContext,
    user: FullUser,
    factor: Factor,
    runningId: string | null,
  ): Promise<Verification> {
    const email = user.emailAddresses.find(({ id }) => id === factor.email_address_id);
    const phone = user.phoneNumbers.find(({ id }) => id === factor.phone_number_id);
    const running = await this.states.proof(tx, ctx, runningId);
    const isSame = (running?.details as { identifier_id?: string } | undefined)?.identifier_id === idOf(factor);
    const options = { userId: user.id, identifierId: idOf(factor), previous: isSame ? running : null };
    return email
      ? this.messages.startEmailCode(tx, ctx, email.emailAddress, options)
      : this.messages.startPhoneCode(tx, ctx, phone!.phoneNumber, options);
  }

  /**
   * Judges a code. Return what it returns, do not throw it: the counts must be committed.
   *
   * @param held the user, locked
   * @returns what the caller is told, or undefined when the code was right
   */
  async attempt(
    tx: Tx,
    ctx: RequestContext,
    held: User,
    verificationId: string | null,
    strategy: string,
    code: string,
  ): Promise<ApiError | undefined> {
    const verification = await this.states.proof(tx, ctx, verificationId);
    if (!verification) return verificationMissing();
    if (verification.strategy !== strategy) return verificationStrategyInvalid();
    const problem = await this.verifications.attemptCode(tx, ctx, verification.id, code);
    return problem?.code === 'form_code_incorrect' ? this.lockouts.countFailure(tx, ctx, held, problem) : problem;
  }
}

/** The address or number of a factor. */
export const idOf = (factor: Factor): string | undefined => factor.email_address_id ?? factor.phone_number_id;
