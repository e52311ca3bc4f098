import { Injectable } from '@nestjs/common';
import type { SignInJSON } from '@clerk/shared/types';
import type { RequestContext } from '@latchkey/contracts';
import { paramError } from '@latchkey/core';
import { AccessRulesService } from '../access-rules/access-rules.service.js';
import { ClientsService } from '../clients/clients.service.js';
import { PasswordsService } from '../passwords/passwords.service.js';
import { SessionAdmissionService } from '../sessions/session-admission.service.js';
import { userBanned } from '../users/users.errors.js';
import { VerificationsService } from '../verifications/verifications.service.js';
import { isSentStrategy, SignInCodesService, type CodeChoice } from './sign-in-codes.service.js';
import { SignInPasswordsService } from './sign-in-passwords.service.js';
import { SignInStatesService } from './sign-in-states.service.js';
import { SignInStepsService } from './sign-in-steps.service.js';
import { TicketSignInsService } from './ticket-sign-ins.service.js';
import { accountTransferInvalid, identifierNotFound, strategyInvalid } from './sign-ins.errors.js';
import { readIdentifier } from './sign-ins.identifiers.js';
import { required, type CreateSignIn } from './sign-ins.schemas.js';

/** How sign-ins begin: with an identifier, a password or a code beside it, or with a ticket. */
@Injectable()
export class SignInBeginningsService {
  constructor(
    private readonly states: SignInStatesService,
    private readonly steps: SignInStepsService,
    private readonly byTicket: TicketSignInsService,
    private readonly codes: SignInCodesService,
    private readonly signInPasswords: SignInPasswordsService,
    private readonly passwords: PasswordsService,
    private readonly clients: ClientsService,
    private readonly accessRules: AccessRulesService,
    private readonly admission: SessionAdmissionService,
    private readonly verifications: VerificationsService,
  ) {}

  /**
   * Starts the client's sign-in, in place of the one before; with a password it goes as far as that leads,
   * with the strategy of a code or link it sends that.
   *
   * @throws `form_identifier_not_found`, `form_password_incorrect`, `form_password_pwned` (422), `session_exists` (400), ...
   */
  async create(ctx: RequestContext, input: CreateSignIn): Promise<SignInJSON> {
    if (input.transfer) throw accountTransferInvalid();
    if (input.strategy === 'ticket' || input.ticket != null)
      return this.byTicket.begin(ctx, required(input.ticket, 'ticket'));
    await this.admission.requireEarly(ctx);
    const strategy = input.strategy ?? (input.password == null ? undefined : 'password');
    const { identifier } = input;
    if (identifier == null) {
      if (strategy) throw paramError('form_param_missing', 'identifier', 'is missing', 'Enter an identifier.');
      return this.steps.change(ctx, async (tx) => this.states.begin(tx, ctx, await this.clients.ensure(tx, ctx), {}));
    }
    if (strategy && strategy !== 'password' && !isSentStrategy(strategy)) throw strategyInvalid(strategy);
    const choice =
      strategy && strategy !== 'password' ? await this.codes.choose(ctx, { ...input, strategy }) : undefined;
    return this.steps.evenly(ctx, () => this.identify(ctx, identifier, choice, input.password));
  }

  private async identify(
    ctx: RequestContext,
    identifier: string,
    choice: CodeChoice | undefined,
    password: string | null | undefined,
  ): Promise<SignInJSON> {
    const user = await this.states.findUser(ctx, identifier);
    const isVeiled = await this.states.isVeiled(ctx);
    if (!user && !isVeiled) {
      if (password != null) await this.passwords.verify(null, password);
      throw identifierNotFound();
    }
    if (user?.isBanned && !isVeiled) throw userBanned();
    await this.requireAllowed(ctx, identifier);
    const tried = password == null ? undefined : await this.passwords.try(user, password);
    return this.steps.change(ctx, async (tx) => {
      // Before a wrong password is counted no client is made: a refused caller would never learn of it.
      const held = await this.clients.lock(tx, ctx);
      const problem = tried && (await this.signInPasswords.judge(tx, ctx, user, tried));
      if (problem) return problem;
      const client = held ?? (await this.clients.create(tx, ctx));
      // A new one has no sessions that could speak against another.
      if (held) await this.admission.require(tx, ctx, client.id, user?.id);
      const proof = tried && (await this.verifications.createVerified(tx, ctx, 'password'));
      const state = await this.states.begin(tx, ctx, client, { identifier, user }, proof);
      if (proof) return this.steps.goOn(tx, ctx, client, state);
      if (!choice) return state;
      const verification = await this.codes.prepareFirst(tx, ctx, state, choice);
      const updated = await this.states.update(tx, ctx, state, { firstVerificationId: verification.id });
      return { ...updated, firstVerification: verification };
    });
  }

  /** What older instances ask of the lists at sign-in, too. */
  private async requireAllowed(ctx: RequestContext, text: string): Promise<void> {
    const { kind, value } = readIdentifier(text);
    await this.accessRules.requireAllowedSignIn(ctx.instanceId, {
      emailAddress: kind === 'email_address' ? value : null,
      phoneNumber: kind === 'phone_number' ? value : null,
    });
  }
}
