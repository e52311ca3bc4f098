import { Injectable } from '@nestjs/common';
import type { RequestContext } from '@latchkey/contracts';
import { transaction } from '@latchkey/db';
import { IdentityDb } from '../db.js';
import type { Verification } from '../generated/prisma/client.js';
import { IdentifiersService } from '../identifiers/identifiers.service.js';
import { MessagesService } from '../messages/messages.service.js';
import { identificationClaimed } from '../users/identifier-rules.js';
import { VerificationChecksService } from '../verifications/verification-checks.service.js';
import { PhoneNumbersService } from './phone-numbers.service.js';

/** Codes with which an app's server checks by itself who reads the mail of a number. */
@Injectable()
export class PhoneNumberChecksService {
  constructor(
    private readonly db: IdentityDb,
    private readonly numbers: PhoneNumbersService,
    private readonly identifiers: IdentifiersService,
    private readonly messages: MessagesService,
    private readonly checks: VerificationChecksService,
  ) {}

  /** Sends a code. @throws `resource_not_found` (404) */
  async prepare(ctx: RequestContext, id: string): Promise<Verification> {
    const { phoneNumber, userId } = await this.numbers.require(ctx, id);
    return transaction(this.db, (tx) =>
      this.messages.startPhoneCode(tx, ctx, phoneNumber, { userId, identifierId: id }),
    );
  }

  /**
   * Tries a code; the right one also proves the number, if nothing has yet.
   *
   * @throws `resource_not_found` (404), `verification_already_verified`, `identification_claimed` (400)
   */
  async attempt(ctx: RequestContext, id: string, verificationId: string, code: string): Promise<Verification> {
    const { userId } = await this.numbers.require(ctx, id);
    return transaction(
      this.db,
      async (tx) => {
        const user = await this.identifiers.locked(tx, ctx, userId);
        const row = await this.numbers.require(ctx, id, userId, tx);
        const verification = await this.checks.attempt(tx, ctx, id, verificationId, code);
        if (verification.status === 'verified' && !row.verifiedAt)
          await this.identifiers.prove(tx, ctx, 'phone_number', user, row, verificationId);
        return verification;
      },
      { taken: { phone_numbers_reserved: identificationClaimed } },
    );
  }
}
