import { Injectable } from '@nestjs/common';
import type { SignInJSON } from '@clerk/shared/types';
import type { RequestContext } from '@latchkey/contracts';
import type { ApiError } from '@latchkey/core';
import type { Tx } from '../db.js';
import type { Client } from '../generated/prisma/client.js';
import { InstancesService } from '../instances/instances.service.js';
import { LockoutsService } from '../lockouts/lockouts.service.js';
import { isLeaked } from '../passwords/leaked-passwords.js';
import { PasswordsService, type TriedPassword } from '../passwords/passwords.service.js';
import { userBanned } from '../users/users.errors.js';
import type { FullUser } from '../users/users.serializer.js';
import { VerificationsService } from '../verifications/verifications.service.js';
import { SignInStatesService } from './sign-in-states.service.js';
import { SignInStepsService } from './sign-in-steps.service.js';
import {
  passwordIncorrect,
  passwordOrIdentifierIncorrect,
  passwordPwned,
  strategyForUserInvalid,
} from './sign-ins.errors.js';
import type { SignInState } from './sign-ins.serializer.js';

/** Passwords that a sign-in is proved by. They are hashed before the transaction in which they are judged. */
@Injectable()
export class SignInPasswordsService {
  constructor(
    private readonly states: SignInStatesService,
    private readonly steps: SignInStepsService,
    private readonly instances: InstancesService,
    private readonly lockouts: LockoutsService,
    private readonly passwords: PasswordsService,
    private readonly verifications: VerificationsService,
  ) {}

  /** Tries a password as the first factor. @throws what `judge` returns */
  attempt(ctx: RequestContext, id: string, text: string): Promise<SignInJSON> {
    return this.steps.evenly(ctx, async () => {
      const { user } = await this.states.require(ctx, id);
      const tried = await this.passwords.try(user, text);
      return this.steps.take(ctx, id, 'needs_first_factor', async (tx, client, state) => {
        const problem = await this.judge(tx, ctx, state.user, tried);
        return problem ?? this.proved(tx, ctx, client, state);
      });
    });
  }

  /** What is wrong with a password, failures counted; undefined when it opens the door. */
  async judge(tx: Tx, ctx: RequestContext, user: FullUser | null, tried: TriedPassword): Promise<ApiError | undefined> {
    const isVeiled = await this.states.isVeiled(ctx);
    const held = user && (await this.lockouts.hold(tx, ctx, user.id));
    if (!held) return passwordOrIdentifierIncorrect();
    const locked = this.lockouts.refusal(held);
    if (locked) return isVeiled ? passwordOrIdentifierIncorrect() : locked;
    if (!isVeiled && held.passwordDigest === null) return strategyForUserInvalid();
    if (!tried.isOf(held)) {
      const counted = await this.lockouts.countFailure(tx, ctx, held, passwordIncorrect());
      return isVeiled ? passwordOrIdentifierIncorrect() : counted;
    }
    if (held.isBanned) return userBanned();
    // A flagged password opens the door to a session whose task is to set another one (`sessions.tasks.ts`).
    const { password } = await this.instances.settings(ctx.instanceId);
    return password.enforce_hibp_on_sign_in && isLeaked(tried.text) ? passwordPwned() : undefined;
  }

  private async proved(tx: Tx, ctx: RequestContext, client: Client, state: SignInState): Promise<SignInState> {
    const verification = await this.verifications.createVerified(tx, ctx, 'password');
    const updated = await this.states.update(tx, ctx, state, { firstVerificationId: verification.id });
    return this.steps.goOn(tx, ctx, client, { ...updated, firstVerification: verification });
  }
}
