import { Injectable } from '@nestjs/common';
import type { RequestContext } from '@latchkey/contracts';
import { Clock } from '@latchkey/core';
import type { Tx } from '../db.js';
import type { Client, Verification } from '../generated/prisma/client.js';
import { InvitationsService } from '../invitations/invitations.service.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { UsersService } from '../users/users.service.js';
import { SignUpFieldsService } from './sign-up-fields.service.js';
import type { SignUpState } from './sign-ups.requirements.js';

/** What becomes of a sign-up that wants nothing more: a user, who is signed in. */
@Injectable()
export class SignUpCompletionService {
  constructor(
    private readonly fields: SignUpFieldsService,
    private readonly invitations: InvitationsService,
    private readonly users: UsersService,
    private readonly sessions: SessionsService,
    private readonly clock: Clock,
  ) {}

  /** Makes the user and the session. Call it once the client, which is held, may take one more session (`SessionAdmissionService`). */
  async complete(tx: Tx, ctx: RequestContext, client: Client, state: SignUpState): Promise<SignUpState> {
    const { signUp, emailVerification, phoneVerification } = state;
    const identifier = (value: string | null, proof: Verification | null) =>
      // What an instance does not ask to be proved is reserved all the same: its user signs in with it.
      value
        ? [{ value, verificationId: proof?.id ?? null, isVerified: proof?.status === 'verified', isReserved: true }]
        : [];
    if (signUp.invitationId) await this.invitations.accept(tx, ctx, signUp.invitationId);
    const user = await this.users.create(tx, ctx, {
      emailAddresses: identifier(signUp.emailAddress, emailVerification),
      phoneNumbers: identifier(signUp.phoneNumber, phoneVerification),
      fields: await this.fields.toUser(ctx, signUp),
    });
    const session = await this.sessions.start(tx, ctx, client, user, {
      firstFactorAt: this.clock.now(),
      secondFactorAt: null,
    });
    const completed = await tx.signUp.update({
      where: { id: signUp.id, instanceId: ctx.instanceId },
      data: { status: 'complete', createdUserId: user.id, createdSessionId: session.id, passwordDigest: null },
    });
    return { ...state, signUp: { ...completed, passwordDigest: signUp.passwordDigest } };
  }
}
