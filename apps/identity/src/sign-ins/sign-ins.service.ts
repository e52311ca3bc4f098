import { setTimeout as delay } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import type { SignInJSON } from '@clerk/shared/types';
import type { RequestContext } from '@latchkey/contracts';
import { ApiError, Clock, paramError } from '@latchkey/core';
import { transaction } from '@latchkey/db';
import { AccessRulesService } from '../access-rules/access-rules.service.js';
import { ClientsService } from '../clients/clients.service.js';
import { IdentityDb, type Tx } from '../db.js';
import type { Client, Prisma, SignIn } from '../generated/prisma/client.js';
import { InstancesService } from '../instances/instances.service.js';
import { EMAIL_LINK, EmailLinksService, type UsedLink } from '../email-links/email-links.service.js';
import { LockoutsService } from '../lockouts/lockouts.service.js';
import { MessagesService } from '../messages/messages.service.js';
import { isLeaked } from '../passwords/leaked-passwords.js';
import { HASHER, PasswordsService, type TriedPassword } from '../passwords/passwords.service.js';
import { SessionAdmissionService } from '../sessions/session-admission.service.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { isOrganizationTicket, TicketsService } from '../tickets/tickets.service.js';
import { userBanned } from '../users/users.errors.js';
import type { FullUser } from '../users/users.serializer.js';
import { verificationAlreadyVerified, verificationMissing } from '../verifications/verifications.errors.js';
import { VerificationsService } from '../verifications/verifications.service.js';
import { isCodeStrategy, isSentStrategy, SignInCodesService, type CodeChoice } from './sign-in-codes.service.js';
import { SignInSecondFactorsService } from './sign-in-second-factors.service.js';
import { SignInTicketsService } from './sign-in-tickets.service.js';
import { SignInStatesService } from './sign-in-states.service.js';
import {
  accountTransferInvalid,
  identifierNotFound,
  passwordIncorrect,
  passwordOrIdentifierIncorrect,
  passwordPwned,
  strategyForUserInvalid,
  strategyInvalid,
} from './sign-ins.errors.js';
import { secondFactors } from './sign-ins.factors.js';
import { readIdentifier } from './sign-ins.identifiers.js';
import type {
  AttemptSignInFactorOne,
  AttemptSignInFactorTwo,
  CreateSignIn,
  PrepareSignInFactorOne,
  PrepareSignInFactorTwo,
  ResetPassword,
} from './sign-ins.schemas.js';
import type { SignInState } from './sign-ins.serializer.js';

/** Where nobody may learn whether an account exists, answers leave on such a grid: differences in work do not show. */
const GRID_MS = 100;

/** Of how somebody signed in last, what the UI marks as "last used". */
const SHOWN_STRATEGIES = ['password', 'email_code', EMAIL_LINK, 'phone_code'];

/** Sign-ins: proving who somebody is, factor by factor, until a session can begin. */
@Injectable()
export class SignInsService {
  constructor(
    private readonly db: IdentityDb,
    private readonly states: SignInStatesService,
    private readonly codes: SignInCodesService,
    private readonly secondFactors: SignInSecondFactorsService,
    private readonly openedTickets: SignInTicketsService,
    private readonly tickets: TicketsService,
    private readonly clients: ClientsService,
    private readonly instances: InstancesService,
    private readonly accessRules: AccessRulesService,
    private readonly admission: SessionAdmissionService,
    private readonly links: EmailLinksService,
    private readonly lockouts: LockoutsService,
    private readonly messages: MessagesService,
    private readonly passwords: PasswordsService,
    private readonly sessions: SessionsService,
    private readonly verifications: VerificationsService,
    private readonly clock: Clock,
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
      return this.createByTicket(ctx, required(input.ticket, 'ticket'));
    await this.admission.require(this.db, ctx, ctx.clientId);
    const strategy = input.strategy ?? (input.password == null ? undefined : 'password');
    const { identifier } = input;
    if (identifier == null) {
      if (strategy) throw paramError('form_param_missing', 'identifier', 'is missing', 'Enter an identifier.');
      return this.change(ctx, async (tx) => this.states.begin(tx, ctx, await this.clients.ensure(tx, ctx), {}));
    }
    if (strategy && strategy !== 'password' && !isSentStrategy(strategy)) throw strategyInvalid(strategy);
    const choice = strategy && strategy !== 'password' ? await this.chosen(ctx, { ...input, strategy }) : undefined;
    return this.evenly(ctx, () => this.identify(ctx, identifier, choice, input.password));
  }

  /** The calling client's sign-in, also when it is over. @throws `resource_not_found` (404) */
  async get(ctx: RequestContext, id: string): Promise<SignInJSON> {
    const state = await this.states.require(ctx, id);
    const { strategy, status } = state.firstVerification ?? {};
    const isProved = strategy === EMAIL_LINK && status === 'verified' && state.signIn.status === 'needs_first_factor';
    return isProved ? this.goOnAfterLink(ctx, id) : this.states.toJSON(ctx, state);
  }

  /** The sign-in as the client shows it: null once it is over. */
  async currentJSON(ctx: RequestContext, id: string): Promise<SignInJSON | null> {
    const state = await this.states.load(this.db, ctx, { id });
    const isOver = !state || state.signIn.status === 'complete' || state.signIn.abandonAt <= this.clock.now();
    return isOver ? null : this.states.toJSON(ctx, state);
  }

  /** Sends the code or link of a first factor. */
  async prepareFirstFactor(ctx: RequestContext, id: string, input: PrepareSignInFactorOne): Promise<SignInJSON> {
    const choice = await this.chosen(ctx, input);
    return this.evenly(ctx, () =>
      this.step(ctx, id, 'needs_first_factor', async (tx, _client, state) => {
        const verification = await this.codes.prepareFirst(tx, ctx, state, choice);
        const updated = await this.states.update(tx, ctx, state, { firstVerificationId: verification.id });
        return { ...updated, firstVerification: verification };
      }),
    );
  }

  /**
   * Tries a first factor.
   *
   * @throws `form_password_incorrect`, `form_code_incorrect` (422), `verification_*` (400), `user_locked`, `user_banned` (403)
   */
  async attemptFirstFactor(ctx: RequestContext, id: string, input: AttemptSignInFactorOne): Promise<SignInJSON> {
    const { strategy } = input;
    if (strategy === 'password') {
      const text = required(input.password, 'password');
      return this.evenly(ctx, async () => {
        const { user } = await this.states.require(ctx, id);
        const tried = await this.passwords.try(user, text);
        return this.step(ctx, id, 'needs_first_factor', async (tx, client, state) => {
          const problem = await this.judgePassword(tx, ctx, state.user, tried);
          return problem ?? this.passwordProved(tx, ctx, client, state);
        });
      });
    }
    if (!isCodeStrategy(strategy)) throw strategyInvalid(strategy);
    const code = required(input.code, 'code');
    return this.evenly(ctx, () =>
      this.step(ctx, id, 'needs_first_factor', async (tx, client, state) => {
        const problem = await this.codes.attempt(tx, ctx, state, state.firstVerification, strategy, code);
        if (problem) return problem;
        const proved = (await this.states.load(tx, ctx, { id }))!;
        return strategy.startsWith('reset_password')
          ? this.states.update(tx, ctx, proved, { status: 'needs_new_password' })
          : this.goOn(tx, ctx, client, proved);
      }),
    );
  }

  /**
   * Proves the first factor of a sign-in by a link that was followed.
   *
   * @param ctx as of the client that the sign-in is of
   * @throws as `SignInCodesService.attemptLink`
   */
  proveByLink(ctx: RequestContext, id: string, link: UsedLink): Promise<SignInJSON> {
    return this.step(ctx, id, 'needs_first_factor', async (tx, client, state) => {
      await this.codes.attemptLink(tx, ctx, state, link);
      const proved = (await this.states.load(tx, ctx, { id }))!;
      return link.mayBegin ? this.goOn(tx, ctx, client, proved) : proved;
    });
  }

  /** Sends the code of a second factor. */
  async prepareSecondFactor(ctx: RequestContext, id: string, input: PrepareSignInFactorTwo): Promise<SignInJSON> {
    return this.step(ctx, id, 'needs_second_factor', async (tx, _client, state) => {
      const verification = await this.codes.prepareSecond(tx, ctx, state, input);
      const updated = await this.states.update(tx, ctx, state, { secondVerificationId: verification.id });
      return { ...updated, secondVerification: verification };
    });
  }

  /** Tries a second factor. @throws `form_code_incorrect` (422), `no_second_factors`, `verification_*` (400), `user_locked` (403) */
  async attemptSecondFactor(ctx: RequestContext, id: string, input: AttemptSignInFactorTwo): Promise<SignInJSON> {
    const attempt = await this.secondFactors.prepare(ctx, (await this.states.require(ctx, id)).user, input);
    return this.step(ctx, id, 'needs_second_factor', async (tx, client, state) => {
      const problem = await attempt(tx, state);
      return problem ?? this.complete(tx, ctx, client, (await this.states.load(tx, ctx, { id }))!);
    });
  }

  /** Gives the user a new password after a reset code, and goes on with the sign-in. @throws `form_password_*` (422) */
  async resetPassword(ctx: RequestContext, id: string, input: ResetPassword): Promise<SignInJSON> {
    const settings = await this.instances.settings(ctx.instanceId);
    const { signIn, user } = await this.states.require(ctx, id);
    // Before the hashing, which is dear; whether it still stands there is asked again within the transaction.
    if (signIn.status === 'complete') throw verificationAlreadyVerified();
    if (signIn.status !== 'needs_new_password') throw verificationMissing();
    const digest = await this.passwords.digest(settings, input.password, user ? identifiersOf(user) : []);
    const work = async (tx: Tx, client: Client, state: SignInState) => {
      const changed = await this.sessions.changeUser(tx, ctx, state.user!.id, {
        passwordDigest: digest,
        passwordHasher: HASHER,
        passwordUpdatedAt: this.clock.now(),
        passwordCompromised: false,
      });
      if (input.sign_out_of_other_sessions) await this.sessions.end(tx, ctx, { userId: changed.id }, 'revoked');
      const primary = changed.emailAddresses.find((row) => row.id === changed.primaryEmailAddressId);
      if (primary && state.user!.passwordDigest) {
        const about = { userId: changed.id, identifierId: primary.id };
        await this.messages.sendEmail(tx, ctx, primary.emailAddress, 'password_changed', {}, about);
      }
      return this.goOn(tx, ctx, client, { ...state, user: changed });
    };
    return this.step(ctx, id, 'needs_new_password', work, user?.id);
  }

  private async createByTicket(ctx: RequestContext, text: string): Promise<SignInJSON> {
    const joined = isOrganizationTicket(text) ? await this.openedTickets.joinOrganization(ctx, text) : null;
    const ticket = joined ? null : await this.tickets.read(ctx.instanceId, text);
    return this.change(ctx, async (tx) => {
      const client = await this.clients.ensure(tx, ctx);
      const opened = joined ?? (await this.openedTickets.use(tx, ctx, ticket!));
      // Whoever impersonates somebody leaves their own sessions here.
      if (opened.actor) await this.sessions.end(tx, ctx, { clientId: client.id }, 'removed');
      await this.admission.require(tx, ctx, client.id, opened.user.id);
      const proof = await this.verifications.createVerified(tx, ctx, 'ticket');
      const state = await this.states.begin(tx, ctx, client, opened, proof);
      return opened.actor ? this.complete(tx, ctx, client, state) : this.goOn(tx, ctx, client, state);
    });
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
    return this.change(ctx, async (tx) => {
      // Before a wrong password is counted no client is made: a refused caller would never learn of it.
      const held = await this.clients.lock(tx, ctx);
      const problem = tried && (await this.judgePassword(tx, ctx, user, tried));
      if (problem) return problem;
      const client = held ?? (await this.clients.create(tx, ctx));
      // A new one has no sessions that could speak against another.
      if (held) await this.admission.require(tx, ctx, client.id, user?.id);
      const proof = tried && (await this.verifications.createVerified(tx, ctx, 'password'));
      const state = await this.states.begin(tx, ctx, client, { identifier, user }, proof);
      if (proof) return this.goOn(tx, ctx, client, state);
      if (!choice) return state;
      const verification = await this.codes.prepareFirst(tx, ctx, state, choice);
      const updated = await this.states.update(tx, ctx, state, { firstVerificationId: verification.id });
      return { ...updated, firstVerification: verification };
    });
  }

  /** What a caller chooses to be sent, with where a link may lead on to. @throws as `EmailLinksService.requireTarget` */
  private async chosen(ctx: RequestContext, { strategy, ...input }: CodeChoice): Promise<CodeChoice> {
    const { email_address_id, phone_number_id } = input;
    if (strategy !== EMAIL_LINK) return { strategy, email_address_id, phone_number_id };
    return { strategy, email_address_id, redirect_url: await this.links.requireTarget(ctx, input.redirect_url) };
  }

  /** Goes on with a sign-in whose link was followed in another browser. */
  private goOnAfterLink(ctx: RequestContext, id: string): Promise<SignInJSON> {
    return this.change(ctx, async (tx) => {
      const client = await this.clients.lock(tx, ctx);
      const state = (await this.states.load(tx, ctx, { id, clientId: client?.id }))!;
      // Another tab may have been faster.
      if (state.signIn.status !== 'needs_first_factor') return state;
      await this.admission.require(tx, ctx, client!.id, state.user?.id);
      return this.goOn(tx, ctx, client!, state);
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

  /** What is wrong with a password, failures counted; undefined when it opens the door. */
  private async judgePassword(
    tx: Tx,
    ctx: RequestContext,
    user: FullUser | null,
    tried: TriedPassword,
  ): Promise<ApiError | undefined> {
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

  private async passwordProved(tx: Tx, ctx: RequestContext, client: Client, state: SignInState): Promise<SignInState> {
    const verification = await this.verifications.createVerified(tx, ctx, 'password');
    const updated = await this.states.update(tx, ctx, state, { firstVerificationId: verification.id });
    return this.goOn(tx, ctx, client, { ...updated, firstVerification: verification });
  }

  /** After the first factor: asks for the second one when the user has one, else the sign-in is complete. */
  private async goOn(tx: Tx, ctx: RequestContext, client: Client, state: SignInState): Promise<SignInState> {
    const settings = await this.instances.settings(ctx.instanceId);
    return secondFactors(state.user!, settings).length > 0
      ? this.states.update(tx, ctx, state, { status: 'needs_second_factor' })
      : this.complete(tx, ctx, client, state);
  }

  /** Call it once the client, which is held, may take one more session (`SessionAdmissionService`). */
  private async complete(tx: Tx, ctx: RequestContext, client: Client, state: SignInState): Promise<SignInState> {
    const { signIn, user, firstVerification, secondVerification } = state;
    if (user!.isBanned) throw userBanned();
    const strategy = firstVerification?.strategy ?? '';
    const session = await this.sessions.start(tx, ctx, client, user!, {
      firstFactorAt: firstVerification?.updatedAt ?? this.clock.now(),
      secondFactorAt: secondVerification?.updatedAt ?? null,
      strategy: SHOWN_STRATEGIES.includes(strategy) ? strategy : undefined,
      actor: (signIn.actor as Prisma.InputJsonValue | null) ?? undefined,
      ...ticketLimits(signIn),
    });
    return this.states.update(tx, ctx, state, { status: 'complete', createdSessionId: session.id });
  }

  /** One step of a sign-in that stands at `status`, with the client held; with a user, whose sessions it may end, their clients, too. */
  private step(
    ctx: RequestContext,
    id: string,
    status: string,
    work: (tx: Tx, client: Client, state: SignInState) => Promise<SignInState | ApiError>,
    userId?: string,
  ): Promise<SignInJSON> {
    return this.change(ctx, async (tx) => {
      if (userId) await this.clients.lockWithUsers(tx, ctx, [userId]);
      const client = await this.clients.lock(tx, ctx);
      const state = await this.states.requireOpen(tx, ctx, client, id);
      if (state.signIn.status !== status) throw verificationMissing();
      await this.admission.require(tx, ctx, client!.id, state.user?.id);
      return work(tx, client!, state);
    });
  }

  /** Runs `work` in a transaction. A problem that it returns is thrown after the commit, so that what it counted stays counted. */
  private async change(ctx: RequestContext, work: (tx: Tx) => Promise<SignInState | ApiError>): Promise<SignInJSON> {
    const outcome = await transaction(this.db, work);
    if (outcome instanceof ApiError) throw outcome;
    return this.states.toJSON(ctx, outcome);
  }

  /** Answers in a time that does not tell whether the account exists, where that is not to be known. */
  private async evenly<T>(ctx: RequestContext, work: () => Promise<T>): Promise<T> {
    if (!(await this.states.isVeiled(ctx))) return work();
    const begun = performance.now();
    try {
      return await work();
    } finally {
      await delay(GRID_MS - ((performance.now() - begun) % GRID_MS));
    }
  }
}

function required(value: string | null | undefined, param: string): string {
  if (value == null) throw paramError('form_param_missing', param, 'is missing', `${param} must be included.`);
  return value;
}

const ticketLimits = ({ organizationId, sessionLifetime }: SignIn) => ({
  organizationId: organizationId ?? undefined,
  lifetime: sessionLifetime ?? undefined,
});

const identifiersOf = (user: FullUser): string[] => [
  ...user.emailAddresses.map((row) => row.emailAddress),
  ...user.phoneNumbers.map((row) => row.phoneNumber),
  ...(user.username ? [user.username] : []),
];
