import { Injectable } from '@nestjs/common';
import type { SignUpJSON as BackendSignUpJSON } from '@clerk/backend';
import type { SignUpJSON } from '@clerk/shared/types';
import type { RequestContext } from '@latchkey/contracts';
import { Clock, newId, notFound, paramError, type ApiError } from '@latchkey/core';
import { transaction } from '@latchkey/db';
import { ClientsService } from '../clients/clients.service.js';
import { IdentityDb, type Tx } from '../db.js';
import type { Client, Prisma, SignUp, Verification } from '../generated/prisma/client.js';
import { EMAIL_LINK, EmailLinksService, type UsedLink } from '../email-links/email-links.service.js';
import { InstancesService } from '../instances/instances.service.js';
import { InvitationsService } from '../invitations/invitations.service.js';
import { SessionAdmissionService } from '../sessions/session-admission.service.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { takenIdentifiers, UsersService } from '../users/users.service.js';
import { verificationAlreadyVerified, verificationMissing } from '../verifications/verifications.errors.js';
import { VerificationsService } from '../verifications/verifications.service.js';
import { SignUpCodesService } from './sign-up-codes.service.js';
import { SignUpFieldsService } from './sign-up-fields.service.js';
import { SignUpTicketsService, type Invited } from './sign-up-tickets.service.js';
import { accountTransferInvalid, signUpCannotBeUpdated, signUpStrategyInvalid } from './sign-ups.errors.js';
import { requirementsOf, type SignUpState } from './sign-ups.requirements.js';
import type {
  AttemptSignUpVerification,
  CreateSignUp,
  PrepareSignUpVerification,
  UpdateBackendSignUp,
} from './sign-ups.schemas.js';
import { toBackendSignUpJSON, toSignUpJSON } from './sign-ups.serializer.js';

const ABANDON_MS = 24 * 60 * 60_000;
/** What is sent at once when a sign-up begins with it. */
const SENT_STRATEGIES = ['email_code', 'phone_code', EMAIL_LINK];

/** Sign-ups: gathering what an instance asks for, until a user can be made of it. */
@Injectable()
export class SignUpsService {
  constructor(
    private readonly db: IdentityDb,
    private readonly clients: ClientsService,
    private readonly instances: InstancesService,
    private readonly fields: SignUpFieldsService,
    private readonly verifications: VerificationsService,
    private readonly codes: SignUpCodesService,
    private readonly links: EmailLinksService,
    private readonly tickets: SignUpTicketsService,
    private readonly invitations: InvitationsService,
    private readonly users: UsersService,
    private readonly admission: SessionAdmissionService,
    private readonly sessions: SessionsService,
    private readonly clock: Clock,
  ) {}

  /**
   * Starts the client's sign-up, in place of the one before. Complete at once when nothing is missing or unproved;
   * with the ticket of an invitation its address is proved, with the strategy of a code the code is sent.
   */
  async create(ctx: RequestContext, input: CreateSignUp): Promise<SignUpJSON> {
    requireKnown(input);
    const invitation = await this.invitationOf(ctx, input);
    const data = await this.fields.read(ctx, invited(input, invitation), null, invitation);
    const target = await this.targetOf(ctx, input);
    return this.change(ctx, async (tx, client) => {
      const now = this.clock.now();
      const signUp = await tx.signUp.create({
        data: {
          ...data,
          ...(await this.provedBy(tx, ctx, invitation)),
          id: newId('signUp', now),
          instanceId: ctx.instanceId,
          clientId: client.id,
          status: 'missing_requirements',
          abandonAt: new Date(now.getTime() + ABANDON_MS),
        },
      });
      await this.clients.update(tx, ctx, client, { signUpId: signUp.id });
      if (!SENT_STRATEGIES.includes(input.strategy ?? '')) return signUp;
      const state = { signUp, emailVerification: null, phoneVerification: null };
      return this.write(tx, ctx, signUp.id, await this.codes.prepare(tx, ctx, state, input.strategy!, target));
    });
  }

  /** Adds to the sign-up. A changed address must be proved anew. */
  async update(ctx: RequestContext, id: string, input: CreateSignUp): Promise<SignUpJSON> {
    requireKnown(input);
    const invitation = await this.invitationOf(ctx, input);
    const data = await this.fields.read(ctx, invited(input, invitation), await this.require(ctx, id), invitation);
    return this.change(ctx, async (tx, client) => {
      const { signUp } = await this.requireOpen(tx, ctx, client, id);
      const voided = this.fields.voidedBy(data, signUp);
      return this.write(tx, ctx, id, { ...data, ...voided, ...(await this.provedBy(tx, ctx, invitation)) });
    });
  }

  /** Sends a code to the address or number of the sign-up, or a link. */
  async prepareVerification(ctx: RequestContext, id: string, input: PrepareSignUpVerification): Promise<SignUpJSON> {
    const target = await this.targetOf(ctx, input);
    return this.change(ctx, async (tx, client) => {
      const state = await this.requireOpen(tx, ctx, client, id);
      return this.write(tx, ctx, id, await this.codes.prepare(tx, ctx, state, input.strategy, target));
    });
  }

  /**
   * Proves the address of a sign-up by a link that was followed.
   *
   * @param ctx as of the client that the sign-up is of
   * @throws `resource_not_found` (404) when the sign-up is over, `verification_*` (400) for a link that is not its, or was used before
   */
  async proveByLink(ctx: RequestContext, id: string, link: UsedLink): Promise<SignUpJSON> {
    const step = async (tx: Tx, client: Client) => {
      const { signUp } = await this.requireOpen(tx, ctx, client, id);
      if (signUp.emailVerificationId !== link.verificationId) throw verificationMissing();
      if (!(await link.use(tx))) throw verificationAlreadyVerified();
      return signUp;
    };
    if (link.mayBegin) return this.change(ctx, step);
    await transaction(this.db, async (tx) => step(tx, await this.clients.ensure(tx, ctx)));
    return this.toJSON(ctx, await this.require(ctx, id));
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
    const state = await this.require(ctx, id);
    const { strategy, status } = state.emailVerification ?? {};
    const isProved = strategy === EMAIL_LINK && status === 'verified' && state.signUp.status === 'missing_requirements';
    // What wants nothing more, since a link was followed in another browser, is completed by the one that waits for it.
    return isProved
      ? this.change(ctx, async (tx, client) => (await this.load(tx, ctx, { id, clientId: client.id }))!.signUp)
      : this.toJSON(ctx, state);
  }

  /** The sign-up as the client shows it: null once it is over. */
  async currentJSON(ctx: RequestContext, id: string): Promise<SignUpJSON | null> {
    const state = await this.load(this.db, ctx, { id });
    const isOpen = state?.signUp.status === 'missing_requirements' && state.signUp.abandonAt > this.clock.now();
    return isOpen ? this.toJSON(ctx, state) : null;
  }

  /** Any client's sign-up, for the application's server. @throws `resource_not_found` (404) */
  async getForBackend(ctx: RequestContext, id: string): Promise<BackendSignUpJSON> {
    const state = await this.load(this.db, ctx, { id });
    if (!state) throw notFound('sign up attempt', id);
    return toBackendSignUpJSON(state, await this.instances.settings(ctx.instanceId), this.clock.now());
  }

  /** Gives a sign-up under way what only the application knows. @throws `sign_up_cannot_be_updated` (403) */
  async updateFromBackend(ctx: RequestContext, id: string, input: UpdateBackendSignUp): Promise<BackendSignUpJSON> {
    const { count } = await this.db.signUp.updateMany({
      where: {
        id,
        instanceId: ctx.instanceId,
        status: 'missing_requirements',
        abandonAt: { gt: this.clock.now() },
      },
      data: { externalId: input.external_id, customAction: input.custom_action ?? undefined },
    });
    const signUp = await this.getForBackend(ctx, id);
    if (count === 0) throw signUpCannotBeUpdated();
    return signUp;
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
      if (state!.signUp.status === 'complete') return state!;
      const { missing_fields, unverified_fields } = requirementsOf(settings, state!);
      return missing_fields.length || unverified_fields.length ? state! : this.complete(tx, ctx, client, state!);
    };
    const outcome = await transaction(this.db, work, { taken: takenIdentifiers });
    if (outcome instanceof Error) throw outcome;
    if (outcome.signUp.status === 'complete') await this.tickets.join(ctx, outcome.signUp);
    return this.toJSON(ctx, outcome);
  }

  private async complete(tx: Tx, ctx: RequestContext, client: Client, state: SignUpState): Promise<SignUpState> {
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

  private async require(ctx: RequestContext, id: string): Promise<SignUpState> {
    const state = ctx.clientId ? await this.load(this.db, ctx, { id, clientId: ctx.clientId }) : null;
    const isAbandoned = state?.signUp.status !== 'complete' && (state?.signUp.abandonAt ?? 0) <= this.clock.now();
    if (!state || isAbandoned) throw notFound('sign up attempt', id);
    return state;
  }

  private write(tx: Tx, ctx: RequestContext, id: string, data: Prisma.SignUpUncheckedUpdateInput): Promise<SignUp> {
    return tx.signUp.update({ where: { id, instanceId: ctx.instanceId }, data });
  }

  /** Where a link that is asked for may lead on to. @throws as `EmailLinksService.requireTarget` */
  private async targetOf(ctx: RequestContext, input: Pick<CreateSignUp, 'strategy' | 'redirect_url'>) {
    return input.strategy === EMAIL_LINK ? this.links.requireTarget(ctx, input.redirect_url) : undefined;
  }

  private async invitationOf(ctx: RequestContext, { strategy, ticket }: CreateSignUp): Promise<Invited | null> {
    if (ticket == null && strategy !== 'ticket') return null;
    if (ticket == null) throw paramError('form_param_missing', 'ticket', 'is missing', 'ticket must be included.');
    return this.tickets.read(ctx, ticket);
  }

  /** The columns of a sign-up whose address an invitation has proved. */
  private async provedBy(tx: Tx, ctx: RequestContext, invitation: Invited | null) {
    if (!invitation) return {};
    const { id: emailVerificationId } = await this.verifications.createVerified(tx, ctx, 'ticket');
    const { publicMetadata, invitationId, organizationTicket } = invitation;
    return {
      emailVerificationId,
      invitationId,
      organizationTicket,
      publicMetadata: publicMetadata as Prisma.InputJsonObject,
    };
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

/** The ways to sign up that need no other service. */
const STRATEGIES = [...SENT_STRATEGIES, 'password', 'ticket'];

function requireKnown({ strategy, transfer }: CreateSignUp): void {
  if (transfer) throw accountTransferInvalid();
  if (strategy && !STRATEGIES.includes(strategy)) throw signUpStrategyInvalid(strategy);
}

/** An invited address is the one that the invitation went to, whatever was typed. */
const invited = (input: CreateSignUp, invitation: Invited | null): CreateSignUp =>
  invitation ? { ...input, email_address: invitation.emailAddress } : input;
