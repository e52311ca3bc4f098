import { Injectable } from '@nestjs/common';
import type { SignUpJSON } from '@clerk/shared/types';
import type { RequestContext } from '@latchkey/contracts';
import { Clock, newId, paramError } from '@latchkey/core';
import { ClientsService } from '../clients/clients.service.js';
import type { Tx } from '../db.js';
import type { Client, Prisma } from '../generated/prisma/client.js';
import { EMAIL_LINK, type UsedLink } from '../email-links/email-links.service.js';
import { verificationAlreadyVerified, verificationMissing } from '../verifications/verifications.errors.js';
import { VerificationsService } from '../verifications/verifications.service.js';
import { SignUpCodesService } from './sign-up-codes.service.js';
import { SignUpFieldsService } from './sign-up-fields.service.js';
import { SignUpStatesService } from './sign-up-states.service.js';
import { SignUpStepsService } from './sign-up-steps.service.js';
import { SignUpTicketsService, type Invited } from './sign-up-tickets.service.js';
import { accountTransferInvalid, signUpStrategyInvalid } from './sign-ups.errors.js';
import type { AttemptSignUpVerification, CreateSignUp, PrepareSignUpVerification } from './sign-ups.schemas.js';

const ABANDON_MS = 24 * 60 * 60_000;
/** What is sent at once when a sign-up begins with it. */
const SENT_STRATEGIES = ['email_code', 'phone_code', EMAIL_LINK];

/** Sign-ups: gathering what an instance asks for, until a user can be made of it. */
@Injectable()
export class SignUpsService {
  constructor(
    private readonly states: SignUpStatesService,
    private readonly steps: SignUpStepsService,
    private readonly clients: ClientsService,
    private readonly fields: SignUpFieldsService,
    private readonly codes: SignUpCodesService,
    private readonly tickets: SignUpTicketsService,
    private readonly verifications: VerificationsService,
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
    const target = await this.codes.targetOf(ctx, input);
    return this.steps.take(ctx, async (tx, client) => {
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
      return this.states.write(tx, ctx, signUp.id, await this.codes.prepare(tx, ctx, state, input.strategy!, target));
    });
  }

  /** Adds to the sign-up. A changed address must be proved anew. */
  async update(ctx: RequestContext, id: string, input: CreateSignUp): Promise<SignUpJSON> {
    requireKnown(input);
    const invitation = await this.invitationOf(ctx, input);
    const data = await this.fields.read(
      ctx,
      invited(input, invitation),
      await this.states.require(ctx, id),
      invitation,
    );
    return this.steps.take(ctx, async (tx, client) => {
      const { signUp } = await this.states.requireOpen(tx, ctx, client, id);
      const voided = this.fields.voidedBy(data, signUp);
      return this.states.write(tx, ctx, id, { ...data, ...voided, ...(await this.provedBy(tx, ctx, invitation)) });
    });
  }

  /** Sends a code to the address or number of the sign-up, or a link. */
  async prepareVerification(ctx: RequestContext, id: string, input: PrepareSignUpVerification): Promise<SignUpJSON> {
    const target = await this.codes.targetOf(ctx, input);
    return this.steps.take(ctx, async (tx, client) => {
      const state = await this.states.requireOpen(tx, ctx, client, id);
      return this.states.write(tx, ctx, id, await this.codes.prepare(tx, ctx, state, input.strategy, target));
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
      const { signUp } = await this.states.requireOpen(tx, ctx, client, id);
      if (signUp.emailVerificationId !== link.verificationId) throw verificationMissing();
      if (!(await link.use(tx))) throw verificationAlreadyVerified();
      return signUp;
    };
    return link.mayBegin ? this.steps.take(ctx, step) : this.steps.takeOnly(ctx, id, step);
  }

  /** Tries a code; the last proof that was wanting completes the sign-up. */
  async attemptVerification(ctx: RequestContext, id: string, input: AttemptSignUpVerification): Promise<SignUpJSON> {
    return this.steps.take(ctx, async (tx, client) => {
      const { signUp } = await this.states.requireOpen(tx, ctx, client, id);
      const proof = input.strategy === 'email_code' ? signUp.emailVerificationId : signUp.phoneVerificationId;
      const problem = await this.verifications.attemptCode(tx, ctx, proof, input.code);
      return problem ?? signUp;
    });
  }

  /** The calling client's sign-up. @throws `resource_not_found` (404) */
  async get(ctx: RequestContext, id: string): Promise<SignUpJSON> {
    const state = await this.states.require(ctx, id);
    const { strategy, status } = state.emailVerification ?? {};
    const isProved = strategy === EMAIL_LINK && status === 'verified' && state.signUp.status === 'missing_requirements';
    // What wants nothing more, since a link was followed in another browser, is completed by the one that waits for it.
    return isProved
      ? this.steps.take(
          ctx,
          async (tx, client) => (await this.states.load(tx, ctx, { id, clientId: client.id }))!.signUp,
        )
      : this.states.toJSON(ctx, state);
  }

  /** The sign-up as the client shows it: null once it is over. */
  async currentJSON(ctx: RequestContext, id: string): Promise<SignUpJSON | null> {
    const state = await this.states.findCurrent(ctx, id);
    return state && this.states.toJSON(ctx, state);
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
