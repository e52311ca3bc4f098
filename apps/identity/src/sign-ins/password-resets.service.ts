import { Injectable } from '@nestjs/common';
import type { SignInJSON } from '@clerk/shared/types';
import type { RequestContext } from '@latchkey/contracts';
import { Clock } from '@latchkey/core';
import type { Tx } from '../db.js';
import type { Client } from '../generated/prisma/client.js';
import { InstancesService } from '../instances/instances.service.js';
import { MessagesService } from '../messages/messages.service.js';
import { withPassword } from '../passwords/password-columns.js';
import { HASHER, PasswordsService } from '../passwords/passwords.service.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { identifiersOf } from '../users/user-accounts.service.js';
import { verificationAlreadyVerified, verificationMissing } from '../verifications/verifications.errors.js';
import { SignInStatesService } from './sign-in-states.service.js';
import { SignInStepsService } from './sign-in-steps.service.js';
import type { ResetPassword } from './sign-ins.schemas.js';
import type { SignInState } from './sign-ins.serializer.js';

/** New passwords of users who have forgotten theirs: what follows a reset code in a sign-in. */
@Injectable()
export class PasswordResetsService {
  constructor(
    private readonly states: SignInStatesService,
    private readonly steps: SignInStepsService,
    private readonly instances: InstancesService,
    private readonly passwords: PasswordsService,
    private readonly sessions: SessionsService,
    private readonly messages: MessagesService,
    private readonly clock: Clock,
  ) {}

  /** Gives the user a new password after a reset code, and goes on with the sign-in. @throws `form_password_*` (422) */
  async reset(ctx: RequestContext, id: string, input: ResetPassword): Promise<SignInJSON> {
    const settings = await this.instances.settings(ctx.instanceId);
    const { signIn, user } = await this.states.require(ctx, id);
    // Before the hashing, which is dear; whether it still stands there is asked again within the transaction.
    if (signIn.status === 'complete') throw verificationAlreadyVerified();
    if (signIn.status !== 'needs_new_password') throw verificationMissing();
    const digest = await this.passwords.digest(settings, input.password, user ? identifiersOf(user) : []);
    const columns = withPassword(digest, HASHER, this.clock.now());
    const work = async (tx: Tx, client: Client, state: SignInState) => {
      const changed = await this.sessions.changeUser(tx, ctx, state.user!.id, columns);
      if (input.sign_out_of_other_sessions) await this.sessions.end(tx, ctx, { userId: changed.id }, 'revoked');
      const primary = changed.emailAddresses.find((row) => row.id === changed.primaryEmailAddressId);
      if (primary && state.user!.passwordDigest) {
        const about = { userId: changed.id, identifierId: primary.id };
        await this.messages.sendEmail(tx, ctx, primary.emailAddress, 'password_changed', {}, about);
      }
      return this.steps.goOn(tx, ctx, client, { ...state, user: changed });
    };
    return this.steps.take(ctx, id, 'needs_new_password', work, user?.id);
  }
}
