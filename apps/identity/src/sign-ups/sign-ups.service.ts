import { Injectable } from '@nestjs/common';
import type { SignUpJSON } from '@clerk/shared/types';
import type { RequestContext } from '@latchkey/contracts';
import { Clock, newId, notFound, type ApiError } from '@latchkey/core';
import { transaction } from '@latchkey/db';
import { ClientsService } from '../clients/clients.service.js';
import { IdentityDb, type Tx } from '../db.js';
import type { Client, Prisma, SignUp, Verification } from '../generated/prisma/client.js';
import { InstancesService } from '../instances/instances.service.js';
import { MessagesService } from '../messages/messages.service.js';
import { SessionAdmissionService } from '../sessions/session-admission.service.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { takenIdentifiers, UsersService } from '../users/users.service.js';
import { VerificationsService } from '../verifications/verifications.service.js';
import { verificationStrategyInvalid } from '../verifications/verifications.errors.js';
import { SignUpFieldsService } from './sign-up-fields.service.js';
import { requirementsOf, type SignUpState } from './sign-ups.requirements.js';
import type { AttemptSignUpVerification, CreateSignUp, PrepareSignUpVerification } from './sign-ups.schemas.js';
import { toSignUpJSON } from './sign-ups.serializer.js';

const ABANDON_MS = 24 * 60 * 60_000;

/** Sign-ups: gathering what an instance asks for, until a user can be made of it. */
@Injectable()
export class SignUpsService {
  constructor(
    private readonly db: IdentityDb,
    private readonly clients: ClientsService,
    private readonly instances: InstancesService,
    private readonly fields: SignUpFieldsService,
    private readonly verifications: VerificationsService,
    private readonly messages: MessagesService,
    private readonly users: UsersService,
    private readonly admission: SessionAdmissionService,
    private readonly sessions: SessionsService,
    private readonly clock: Clock,
  ) {}

  /** Starts the client's sign-up, in place of the one before. Complete at once when nothing is missing or unproved. */
  async create(ctx: RequestContext, input: CreateSignUp): Promise<SignUpJSON> {
    const data = await this.fields.read(ctx, input, null);
    return this.change(ctx, async (tx, client) => {
      const now = this.clock.now();
      const signUp = await tx.signUp.create({
        data: {
          ...data,
          id: newId('signUp', now),
          instanceId: ctx.instanceId,
          clientId: client.id,
          status: 'missing_requirements',
          abandonAt: new Date(now.getTime() + ABANDON_MS),
        },
      });
      await this.clients.update(tx, ctx, client, { signUpId: signUp.id });
      return signUp;
    });
  }

  /** Adds to the sign-up. A changed address must be proved anew. */
  async update(ctx: RequestContext, id: string, input: CreateSignUp): Promise<SignUpJSON> {
    const data = await this.fields.read(ctx, input, await this.require(ctx, id));
    return this.change(ctx, async (tx, client) => {
      await this.requireOpen(tx, ctx, client, id);
      return tx.signUp.update({ where: { id, instanceId: ctx.instanceId }, data });
    });
  }

  /** Sends a code to the address or number of the sign-up. */
  async prepareVerification(ctx: RequestContext, id: string, input: PrepareSignUpVerification): Promise<SignUpJSON> {
    return this.change(ctx, async (tx, client) => {
      const { signUp, emailVerification, phoneVerification } = await this.requireOpen(tx, ctx, client, id);
      if (input.strategy === 'email_code' && signUp.emailAddress) {
        const verification = await this.messages.startEmailCode(tx, ctx, signUp.emailAddress, {
          previous: emailVerification,
        });
        return tx.signUp.update({
          where: { id, instanceId: ctx.instanceId },
          data: { emailVerificationId: verification.id },
        });
      }
      if (input.strategy === 'phone_code' && signUp.phoneNumber) {
        const verification = await this.messages.startPhoneCode(tx, ctx, signUp.phoneNumber, {
          previous: phoneVerification,
        });
        return tx.signUp.update({
          where: { id, instanceId: ctx.instanceId },
          data: { phoneVerificationId: verification.id },
        });
      }
      throw verificationStrategyInvalid();
    });
  }

  /** Tries a code; the last proof that was wanting completes the sign-up. */
  async attemptVerification(ctx: RequestContext, id: string, input: AttemptSignUpVerification): Promise<SignUpJSON> {
    return this.change(ctx, async (tx, client) => {
      const { signUp } = await this.requireOpen(tx, ctx, client, id);
      const proof = input.strategy === 'email_code' ? signUp.emailVerificationId : signUp.phoneVerificationId;
      const problem = await this.verifications.attemptCode(tx, ctx, proof, input.code);
      return problem ?? signUp;
    });
  }

  /** The calling client's sign-up. @throws `resource_not_found` (404) */
  async get(ctx: RequestContext, id: string): Promise<SignUpJSON> {
    return this.toJSON(ctx, await this.require(ctx, id));
  }

  /** The sign-up as the client shows it: null once it is over. */
  async currentJSON(ctx: RequestContext, id: string): Promise<SignUpJSON | null> {
    const state = await this.load(this.db, ctx, { id });
    return state?.signUp.status === 'missing_requirements' ? this.toJSON(ctx, state) : null;
  }

  /**
   * One step: `step` changes the sign-up of the locked client, then the sign-up is completed if nothing is wanting.
   * A problem that `step` returns is thrown after the commit, so that what it counted stays counted.
   */
  private async change(
    ctx: RequestContext,
    step: (tx: Tx, client: Client) => Promise<SignUp | ApiError>,
  ): Promise<SignUpJSON> {
    const settings = await this.instances.settings(ctx.instanceId);
    const work = async (tx: Tx) => {
      const client = await this.clients.ensure(tx, ctx);
      await this.admission.require(tx, ctx, client.id);
      const result = await step(tx, client);
      if (result instanceof Error) return result;
      const state = await this.load(tx, ctx, { id: result.id });
      const { missing_fields, unverified_fields } = requirementsOf(settings, state!);
      return missing_fields.length || unverified_fields.length ? state! : this.complete(tx, ctx, client, state!);
    };
    const outcome = await transaction(this.db, work, { taken: takenIdentifiers });
    if (outcome instanceof Error) throw outcome;
    return this.toJSON(ctx, outcome);
  }

  private async complete(tx: Tx, ctx: RequestContext, client: Client, state: SignUpState): Promise<SignUpState> {
    const { signUp, emailVerification, phoneVerification } = state;
    const identifier = (value: string | null, proof: Verification | null) =>
      // What an instance does not ask to be proved is reserved all the same: its user signs in with it.
      value
        ? [{ value, verificationId: proof?.id ?? null, isVerified: proof?.status === 'verified', isReserved: true }]
        : [];
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

  private async require(ctx: RequestContext, id: string): Promise<SignUpState> {
    const state = ctx.clientId ? await this.load(this.db, ctx, { id, clientId: ctx.clientId }) : null;
    if (!state || state.signUp.status === 'abandoned') throw notFound('sign up attempt', id);
    return state;
  }

  private async requireOpen(tx: Tx, ctx: RequestContext, client: Client, id: string): Promise<SignUpState> {
    const state = await this.load(tx, ctx, { id, clientId: client.id });
    if (!state || client.signUpId !== id || state.signUp.abandonAt <= this.clock.now())
      throw notFound('sign up attempt', id);
    return state;
  }

  private async load(
    db: Tx | IdentityDb,
    ctx: RequestContext,
    where: Prisma.SignUpWhereInput,
  ): Promise<SignUpState | null> {
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

  private async toJSON(ctx: RequestContext, state: SignUpState): Promise<SignUpJSON> {
    return toSignUpJSON(state, await this.instances.settings(ctx.instanceId), this.clock.now());
  }
}
