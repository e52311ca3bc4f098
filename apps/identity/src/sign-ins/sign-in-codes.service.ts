import { Injectable } from '@nestjs/common';
import type { RequestContext } from '@latchkey/contracts';
import { ApiError, Clock } from '@latchkey/core';
import type { Tx } from '../db.js';
import type { Verification } from '../generated/prisma/client.js';
import { EMAIL_LINK, EmailLinksService, type UsedLink } from '../email-links/email-links.service.js';
import { LockoutsService } from '../lockouts/lockouts.service.js';
import { MessagesService } from '../messages/messages.service.js';
import type { FullUser } from '../users/users.serializer.js';
import { UsersService } from '../users/users.service.js';
import {
  codeIncorrect,
  verificationAlreadyVerified,
  verificationMissing,
  verificationStrategyInvalid,
} from '../verifications/verifications.errors.js';
import { VerificationsService } from '../verifications/verifications.service.js';
import { SignInStatesService } from './sign-in-states.service.js';
import { strategyForUserInvalid } from './sign-ins.errors.js';
import { readIdentifier } from './sign-ins.identifiers.js';
import type { SignInState } from './sign-ins.serializer.js';

/** Which code, or link, is asked for. */
export interface CodeChoice {
  strategy: string;
  email_address_id?: string | null;
  phone_number_id?: string | null;
  /** Of a link: where it leads on to. */
  redirect_url?: string | null;
}

const EMAIL_CODES = ['email_code', 'reset_password_email_code'];
const EMAIL_STRATEGIES = [...EMAIL_CODES, EMAIL_LINK];
const PHONE_STRATEGIES = ['phone_code', 'reset_password_phone_code'];

/** Whether a strategy proves an address by a code that was sent to it. */
export const isCodeStrategy = (strategy: string): boolean =>
  EMAIL_CODES.includes(strategy) || PHONE_STRATEGIES.includes(strategy);

/** Whether a strategy begins with something that is sent to an address. */
export const isSentStrategy = (strategy: string): boolean => isCodeStrategy(strategy) || strategy === EMAIL_LINK;

type Target =
  { kind: 'email'; row: FullUser['emailAddresses'][number] } | { kind: 'phone'; row: FullUser['phoneNumbers'][number] };

/** Codes and links that a sign-in is proved by: sent to an address of the user, and judged. */
@Injectable()
export class SignInCodesService {
  constructor(
    private readonly states: SignInStatesService,
    private readonly links: EmailLinksService,
    private readonly lockouts: LockoutsService,
    private readonly messages: MessagesService,
    private readonly users: UsersService,
    private readonly verifications: VerificationsService,
    private readonly clock: Clock,
  ) {}

  /** What a caller chooses to be sent, with where a link may lead on to. @throws as `EmailLinksService.requireTarget` */
  async choose(ctx: RequestContext, { strategy, ...input }: CodeChoice): Promise<CodeChoice> {
    const { email_address_id, phone_number_id } = input;
    if (strategy !== EMAIL_LINK) return { strategy, email_address_id, phone_number_id };
    return { strategy, email_address_id, redirect_url: await this.links.requireTarget(ctx, input.redirect_url) };
  }

  /** Sends the code or link of a first factor. Where nobody may learn whether an account exists, nobody's code is prepared alike. */
  async prepareFirst(tx: Tx, ctx: RequestContext, state: SignInState, choice: CodeChoice): Promise<Verification> {
    const factors = await this.states.firstFactors(ctx, state);
    const wanted = choice.email_address_id ?? choice.phone_number_id;
    const factor = factors.find((item) => item.strategy === choice.strategy && (!wanted || idOf(item) === wanted));
    if (!factor || !isSentStrategy(choice.strategy)) throw strategyForUserInvalid();
    if (await this.states.isVeiled(ctx)) return this.prepareVeiled(tx, ctx, state, choice);
    await this.lockouts.requireUnlocked(tx, ctx, state.user!.id);
    const id = wanted ?? ownId(factors, choice.strategy, state) ?? idOf(factor);
    const target = targetOf(state.user!, choice.strategy, (row) => row.id === id);
    return this.sendFirst(tx, ctx, state, target!, choice);
  }

  /** Sends the code of a second factor. */
  async prepareSecond(tx: Tx, ctx: RequestContext, state: SignInState, choice: CodeChoice): Promise<Verification> {
    const user = state.user!;
    await this.lockouts.requireUnlocked(tx, ctx, user.id);
    const numbers = user.phoneNumbers.filter((row) => row.reservedForSecondFactor && row.verifiedAt);
    const row =
      numbers.find(({ id, defaultSecondFactor }) =>
        choice.phone_number_id ? id === choice.phone_number_id : defaultSecondFactor,
      ) ?? (choice.phone_number_id ? undefined : numbers[0]);
    if (choice.strategy !== 'phone_code' || !row) throw strategyForUserInvalid();
    return this.send(tx, ctx, user, { kind: 'phone', row }, choice.strategy, state.secondVerification);
  }

  /**
   * Judges a code. Return what it returns, do not throw it: the counts must be committed.
   *
   * @returns what the caller is told, or undefined when the code was right
   */
  async attempt(
    tx: Tx,
    ctx: RequestContext,
    { user }: SignInState,
    verification: Verification | null,
    strategy: string,
    code: string,
  ): Promise<ApiError | undefined> {
    if (!verification) return verificationMissing();
    if (verification.strategy !== strategy) return verificationStrategyInvalid();
    const isVeiled = await this.states.isVeiled(ctx);
    const held = user && (await this.lockouts.hold(tx, ctx, user.id));
    const locked = held ? this.lockouts.refusal(held) : undefined;
    if (locked && !isVeiled) return locked;
    const problem = await this.verifications.attemptCode(tx, ctx, verification.id, code);
    if (!held || locked) return problem ?? codeIncorrect();
    if (!problem) {
      await this.confirmAddress(tx, ctx, user, verification);
      return undefined;
    }
    if (problem.code !== 'form_code_incorrect') return problem;
    const counted = await this.lockouts.countFailure(tx, ctx, held, problem);
    return isVeiled ? problem : counted;
  }

  /**
   * Judges a link that was followed.
   *
   * @param use uses the link up
   * @throws `verification_*` (400) for one that is not the sign-in's, or was used before; `user_locked` (403)
   */
  async attemptLink(tx: Tx, ctx: RequestContext, state: SignInState, link: UsedLink): Promise<void> {
    const { user, firstVerification: verification } = state;
    if (!user || verification?.id !== link.verificationId) throw verificationMissing();
    await this.lockouts.requireUnlocked(tx, ctx, user.id);
    if (!(await link.use(tx))) throw verificationAlreadyVerified();
    await this.confirmAddress(tx, ctx, user, verification);
  }

  /**
   * An address that was only reserved for its user is theirs once they have had a code from it.
   *
   * @throws `strategy_for_user_invalid` (400) when it is not theirs any more: a code that is on its way then proves nothing
   */
  private async confirmAddress(tx: Tx, ctx: RequestContext, user: FullUser, { id, details }: Verification) {
    const { identifier_id: addressId } = details as { identifier_id?: string };
    const data = { verifiedAt: this.clock.now(), verificationId: id };
    const own = { id: addressId ?? '', instanceId: ctx.instanceId, userId: user.id };
    const isOwn = (await tx.emailAddress.count({ where: own })) + (await tx.phoneNumber.count({ where: own })) > 0;
    if (!isOwn) throw strategyForUserInvalid();
    const where = { ...own, verifiedAt: null };
    const emails = await tx.emailAddress.updateMany({ where, data });
    const phones = await tx.phoneNumber.updateMany({ where, data });
    if (emails.count + phones.count > 0) await this.users.touched(tx, ctx, user.id);
  }

  private async prepareVeiled(tx: Tx, ctx: RequestContext, state: SignInState, choice: CodeChoice) {
    const { strategy } = choice;
    const { value } = readIdentifier(state.signIn.identifier!);
    const { user } = state;
    const target = user && targetOf(user, strategy, (row) => row.reservedAs === value);
    const held = user && (await this.lockouts.hold(tx, ctx, user.id));
    if (target && held && !this.lockouts.refusal(held)) return this.sendFirst(tx, ctx, state, target, choice);
    // A code that nobody gets. An address without an account is told that there is none; a text would only cost money.
    const verification = await this.startVeiled(tx, ctx, value, strategy, state.firstVerification);
    if (!user && EMAIL_STRATEGIES.includes(strategy)) await this.messages.sendEmail(tx, ctx, value, 'no_account', {});
    return verification;
  }

  private startVeiled(
    tx: Tx,
    ctx: RequestContext,
    address: string,
    strategy: string,
    previous: Verification | null,
  ): Promise<Verification> {
    return strategy === EMAIL_LINK
      ? this.links.startVeiled(tx, ctx, address, previous)
      : this.messages.startVeiledCode(tx, ctx, address, strategy, previous);
  }

  private sendFirst(
    tx: Tx,
    ctx: RequestContext,
    { signIn, user, firstVerification }: SignInState,
    target: Target,
    { strategy, redirect_url: redirectUrl }: CodeChoice,
  ): Promise<Verification> {
    if (strategy !== EMAIL_LINK || target.kind !== 'email')
      return this.send(tx, ctx, user!, target, strategy, firstVerification);
    const { id: identifierId, emailAddress } = target.row;
    const { id, clientId } = signIn;
    const link = {
      purpose: 'sign_in' as const,
      id,
      clientId,
      redirectUrl: redirectUrl!,
      userId: user!.id,
      identifierId,
    };
    return this.links.start(tx, ctx, emailAddress, link, firstVerification);
  }

  private send(
    tx: Tx,
    ctx: RequestContext,
    user: FullUser,
    { kind, row }: Target,
    strategy: string,
    previous: Verification | null,
  ): Promise<Verification> {
    const isSame = (previous?.details as { identifier_id?: string } | undefined)?.identifier_id === row.id;
    const options = {
      strategy,
      template: strategy.startsWith('reset_password') ? ('reset_password_code' as const) : undefined,
      previous: isSame ? previous : null,
      userId: user.id,
      identifierId: row.id,
    };
    return kind === 'email'
      ? this.messages.startEmailCode(tx, ctx, row.emailAddress, options)
      : this.messages.startPhoneCode(tx, ctx, row.phoneNumber, options);
  }
}

const idOf = (factor: object): string | undefined => {
  const { email_address_id, phone_number_id } = factor as { email_address_id?: string; phone_number_id?: string };
  return email_address_id ?? phone_number_id;
};

/** The address that the sign-in was begun with, when a code can be sent there. */
function ownId(factors: { strategy: string }[], strategy: string, { signIn, user }: SignInState): string | undefined {
  const { value } = readIdentifier(signIn.identifier ?? '');
  const own = targetOf(user!, strategy, (row) => row.reservedAs === value);
  return own && factors.some((item) => item.strategy === strategy && idOf(item) === own.row.id)
    ? own.row.id
    : undefined;
}

function targetOf(
  user: FullUser,
  strategy: string,
  matches: (row: { id: string; reservedAs: string | null }) => boolean,
): Target | undefined {
  if (EMAIL_STRATEGIES.includes(strategy)) {
    const row = user.emailAddresses.find(matches);
    return row && { kind: 'email', row };
  }
  const row = user.phoneNumbers.find(matches);
  return row && { kind: 'phone', row };
}
