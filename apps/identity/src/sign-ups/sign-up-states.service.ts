import { Injectable } from '@nestjs/common';
import type { SignUpJSON } from '@clerk/shared/types';
import type { RequestContext } from '@latchkey/contracts';
import { Clock, notFound } from '@latchkey/core';
import { IdentityDb, type Tx } from '../db.js';
import type { Client, Prisma, SignUp } from '../generated/prisma/client.js';
import { InstancesService } from '../instances/instances.service.js';
import type { SignUpState } from './sign-ups.requirements.js';
import { toSignUpJSON } from './sign-ups.serializer.js';

/** Sign-ups as they are stored, with what proves them, and how that is shown. */
@Injectable()
export class SignUpStatesService {
  constructor(
    private readonly db: IdentityDb,
    private readonly instances: InstancesService,
    private readonly clock: Clock,
  ) {}

  /** The calling client's sign-up, also when it is complete. @throws `resource_not_found` (404) */
  async require(ctx: RequestContext, id: string): Promise<SignUpState> {
    const state = ctx.clientId ? await this.load(this.db, ctx, { id, clientId: ctx.clientId }) : null;
    const isAbandoned = state?.signUp.status !== 'complete' && (state?.signUp.abandonAt ?? 0) <= this.clock.now();
    if (!state || isAbandoned) throw notFound('sign up attempt', id);
    return state;
  }

  /** The sign-up while it goes on; null once it is over. */
  async findCurrent(ctx: RequestContext, id: string): Promise<SignUpState | null> {
    const state = await this.load(this.db, ctx, { id });
    return state?.signUp.status === 'missing_requirements' && state.signUp.abandonAt > this.clock.now() ? state : null;
  }

  /** The sign-up that `client` is in the middle of. @throws `resource_not_found` (404) */
  async requireOpen(tx: Tx, ctx: RequestContext, client: Client, id: string): Promise<SignUpState> {
    const state = await this.load(tx, ctx, { id, clientId: client.id });
    if (!state || client.signUpId !== id || state.signUp.abandonAt <= this.clock.now())
      throw notFound('sign up attempt', id);
    return state;
  }

  /** The sign-up, wherever it stands; null when there is none. */
  async load(db: Tx | IdentityDb, ctx: RequestContext, where: Prisma.SignUpWhereInput): Promise<SignUpState | null> {
    const signUp = await db.signUp.findFirst({ where: { ...where, instanceId: ctx.instanceId } });
    if (!signUp) return null;
    const ids = [signUp.emailVerificationId, signUp.phoneVerificationId].filter((id) => id !== null);
    const proofs = ids.length
      ? await db.verification.findMany({ where: { instanceId: ctx.instanceId, id: { in: ids } } })
      : [];
    const proof = (id: string | null) => proofs.find((row) => row.id === id) ?? null;
    return {
      signUp,
      emailVerification: proof(signUp.emailVerificationId),
      phoneVerification: proof(signUp.phoneVerificationId),
    };
  }

  /** Writes to the sign-up's row. */
  write(tx: Tx, ctx: RequestContext, id: string, data: Prisma.SignUpUncheckedUpdateInput): Promise<SignUp> {
    return tx.signUp.update({ where: { id, instanceId: ctx.instanceId }, data });
  }

  /** The sign-up as FAPI shows it. */
  async toJSON(ctx: RequestContext, state: SignUpState): Promise<SignUpJSON> {
    return toSignUpJSON(state, await this.instances.settings(ctx.instanceId), this.clock.now());
  }
}
