import { Injectable } from '@nestjs/common';
import type { RequestContext } from '@latchkey/contracts';
import { Clock, notFound } from '@latchkey/core';
import type { Tx } from '../db.js';
import type { Verification } from '../generated/prisma/client.js';
import { toVerificationJSON } from './verifications.serializer.js';
import { VerificationsService } from './verifications.service.js';

/** Codes that a server sends to an address and checks by itself, apart from the address's own proof. */
@Injectable()
export class VerificationChecksService {
  constructor(
    private readonly verifications: VerificationsService,
    private readonly clock: Clock,
  ) {}

  /**
   * Tries the code of a check of an address; a wrong or late one is told by the verification's status.
   *
   * @throws `resource_not_found` (404) for another address's, `verification_already_verified` (400)
   */
  async attempt(tx: Tx, ctx: RequestContext, identifierId: string, id: string, code: string): Promise<Verification> {
    const where = { id, instanceId: ctx.instanceId };
    const verification = await tx.verification.findFirst({
      where: { ...where, details: { path: ['identifier_id'], equals: identifierId } },
    });
    if (!verification) throw notFound('verification', id);
    const problem = await this.verifications.attemptCode(tx, ctx, id, code);
    if (problem?.code === 'verification_already_verified') throw problem;
    return tx.verification.findUniqueOrThrow({ where });
  }

  /** A check as BAPI shows it. */
  toJSON(verification: Verification) {
    const { status, strategy, attempts, expire_at } = toVerificationJSON(verification, this.clock.now())!;
    const { channel } = verification.details as { channel?: string };
    return {
      object: 'verification',
      id: verification.id,
      status,
      strategy,
      attempts,
      expire_at,
      channel: channel ?? null,
    };
  }
}
