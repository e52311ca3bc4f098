import { Injectable } from '@nestjs/common';
import type { RequestContext } from '@latchkey/contracts';
import type { ApiError } from '@latchkey/core';
import type { Tx } from '../db.js';
import { LockoutsService } from '../lockouts/lockouts.service.js';
import { SecondFactorsService } from '../second-factors/second-factors.service.js';
import type { FullUser } from '../users/users.serializer.js';
import { codeIncorrect } from '../verifications/verifications.errors.js';
import { VerificationsService } from '../verifications/verifications.service.js';
import { SignInCodesService } from './sign-in-codes.service.js';
import { SignInStatesService } from './sign-in-states.service.js';
import { noSecondFactors } from './sign-ins.errors.js';
import type { AttemptSignInFactorTwo } from './sign-ins.schemas.js';
import type { SignInState } from './sign-ins.serializer.js';

/** The second factor of a sign-in: a code that was sent, of an authenticator app, or kept for emergencies. */
@Injectable()
export class SignInSecondFactorsService {
  constructor(
    private readonly states: SignInStatesService,
    private readonly codes: SignInCodesService,
    private readonly lockouts: LockoutsService,
    private readonly factors: SecondFactorsService,
    private readonly verifications: VerificationsService,
  ) {}

  /**
   * Does what is slow before a transaction begins (comparing imported backup codes), and returns the attempt itself.
   * The attempt returns what is wrong, for its counts must be committed; undefined when the factor is proved.
   */
  async prepare(
    ctx: RequestContext,
    user: FullUser | null,
    { strategy, code }: AttemptSignInFactorTwo,
  ): Promise<(tx: Tx, state: SignInState) => Promise<ApiError | undefined>> {
    const hash =
      strategy === 'backup_code' && user ? await this.factors.findBackupCode(user.backupCodeHashes, code) : undefined;
    return async (tx, state) => {
      if (!(await this.states.secondFactors(ctx, state)).some((factor) => factor.strategy === strategy))
        throw noSecondFactors();
      if (strategy === 'phone_code')
        return this.codes.attempt(tx, ctx, state, state.secondVerification, strategy, code);
      const held = (await this.lockouts.hold(tx, ctx, state.user!.id))!;
      const locked = this.lockouts.refusal(held);
      if (locked) return locked;
      const isRight =
        strategy === 'totp'
          ? await this.factors.useTotp(held, code, tx)
          : hash !== undefined && (await this.factors.spendBackupCode(held, hash, tx));
      if (!isRight) return this.lockouts.countFailure(tx, ctx, held, codeIncorrect());
      const { id } = await this.verifications.createVerified(tx, ctx, strategy);
      await this.states.update(tx, ctx, state, { secondVerificationId: id });
      return undefined;
    };
  }
}
