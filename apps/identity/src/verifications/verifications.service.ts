import { Injectable } from '@nestjs/common';
import { type JsonObject, type RequestContext, TEST_CODE } from '@latchkey/contracts';
import { Clock, newCode, newId, sameSecret, SecretBox, type ApiError } from '@latchkey/core';
import type { Tx } from '../db.js';
import type { Verification } from '../generated/prisma/client.js';
import {
  codeIncorrect,
  verificationAlreadyVerified,
  verificationExpired,
  verificationFailed,
  verificationMissing,
  verificationStrategyInvalid,
} from './verifications.errors.js';

/** How long a code or link is good for. */
export const CODE_LIFETIME_MS = 10 * 60_000;
const MAX_ATTEMPTS = 3;
/** How many of the codes before the last one stay good: every one more makes guessing easier. */
const MAX_EARLIER = 2;

/** A code that is still good although a newer one was sent. */
type EarlierCode = {
  hash: string;
  /** Milliseconds. */
  until: number;
};

/** Proofs by one-time code. Attempts are counted by one conditional UPDATE, so callers that race get no more of them. */
@Injectable()
export class VerificationsService {
  constructor(
    private readonly box: SecretBox,
    private readonly clock: Clock,
  ) {}

  /**
   * Starts a proof by code.
   *
   * @param previous the running verification of the same address: its codes stay good for their own time, and what was guessed
   * against them counts, for the guesses are against all that are good
   * @param isTest the address is a test address: the code is `TEST_CODE`
   * @returns the verification and the code to send
   */
  async startCode(
    tx: Tx,
    ctx: RequestContext,
    strategy: string,
    {
      previous,
      isTest = false,
      details = {},
    }: { previous?: Verification | null; isTest?: boolean; details?: JsonObject } = {},
  ): Promise<{ verification: Verification; code: string }> {
    const now = this.clock.now();
    const code = isTest ? TEST_CODE : newCode();
    const earlier = earlierCodes(previous, strategy, now);
    const verification = await tx.verification.create({
      data: {
        id: newId('verification', now),
        instanceId: ctx.instanceId,
        strategy,
        status: 'unverified',
        secretHash: this.box.mac(code),
        attempts: earlier.length > 0 ? previous!.attempts : 0,
        expireAt: new Date(now.getTime() + CODE_LIFETIME_MS),
        details: { ...details, earlier },
      },
    });
    return { verification, code };
  }

  /** A proof that needs no step of its own: by ticket, by an administrator, ... */
  async createVerified(tx: Tx, ctx: { instanceId: string }, strategy: string): Promise<Verification> {
    return tx.verification.create({
      data: { id: newId('verification', this.clock.now()), instanceId: ctx.instanceId, strategy, status: 'verified' },
    });
  }

  /**
   * Tries a code. The count of attempts must outlive a wrong one, so the problem is returned, not thrown:
   * let the transaction commit, then throw it.
   *
   * @returns what the caller is told, or undefined when the code was right and the verification is now `verified`
   */
  async attemptCode(tx: Tx, ctx: RequestContext, id: string | null, code: string): Promise<ApiError | undefined> {
    if (!id) return verificationMissing();
    const where = { id, instanceId: ctx.instanceId };
    const [counted] = await tx.verification.updateManyAndReturn({
      where: { ...where, status: 'unverified', attempts: { lt: MAX_ATTEMPTS }, strategy: { not: 'email_link' } },
      data: { attempts: { increment: 1 } },
    });
    if (!counted) return this.refusal(tx, where);
    const now = this.clock.now();
    if (!this.isRight(counted, code, now)) {
      if (isOver(counted, now)) return this.end(tx, where, 'expired', verificationExpired());
      return counted.attempts >= MAX_ATTEMPTS ? this.end(tx, where, 'failed', codeIncorrect()) : codeIncorrect();
    }
    await tx.verification.updateMany({ where, data: { status: 'verified', secretHash: null } });
    return undefined;
  }

  private isRight(verification: Verification, code: string, now: Date): boolean {
    const mac = this.box.mac(code);
    const current: EarlierCode = { hash: verification.secretHash ?? '', until: verification.expireAt?.getTime() ?? 0 };
    return [current, ...earlierOf(verification)].some(
      ({ hash, until }) => until > now.getTime() && sameSecret(hash, mac),
    );
  }

  private async end(
    tx: Tx,
    where: { id: string; instanceId: string },
    status: string,
    error: ApiError,
  ): Promise<ApiError> {
    await tx.verification.updateMany({ where, data: { status } });
    return error;
  }

  private async refusal(tx: Tx, where: { id: string; instanceId: string }): Promise<ApiError> {
    const verification = await tx.verification.findUnique({ where });
    if (verification?.status === 'verified') return verificationAlreadyVerified();
    // A link has no code.
    if (verification?.strategy === 'email_link') return verificationStrategyInvalid();
    return verification?.status === 'expired' ? verificationExpired() : verificationFailed();
  }
}

const isOver = (verification: Verification, now: Date) =>
  verification.expireAt !== null && verification.expireAt <= now;

const earlierOf = (verification: Verification) => (verification.details as { earlier?: EarlierCode[] }).earlier ?? [];

function earlierCodes(previous: Verification | null | undefined, strategy: string, now: Date): EarlierCode[] {
  if (!previous?.secretHash || previous.strategy !== strategy || previous.status !== 'unverified') return [];
  const codes = [{ hash: previous.secretHash, until: previous.expireAt?.getTime() ?? 0 }, ...earlierOf(previous)];
  return codes.filter(({ until }) => until > now.getTime()).slice(0, MAX_EARLIER);
}
