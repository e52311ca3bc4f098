import { Injectable } from '@nestjs/common';
import type { SignInJSON } from '@clerk/shared/types';
import type { RequestContext } from '@latchkey/contracts';
import { EMAIL_LINK, type UsedLink } from '../email-links/email-links.service.js';
import { isCodeStrategy, SignInCodesService } from './sign-in-codes.service.js';
import { SignInPasswordsService } from './sign-in-passwords.service.js';
import { SignInSecondFactorsService } from './sign-in-second-factors.service.js';
import { SignInStatesService } from './sign-in-states.service.js';
import { SignInStepsService } from './sign-in-steps.service.js';
import { strategyInvalid } from './sign-ins.errors.js';
import {
  required,
  type AttemptSignInFactorOne,
  type AttemptSignInFactorTwo,
  type PrepareSignInFactorOne,
  type PrepareSignInFactorTwo,
} from './sign-ins.schemas.js';

/** Sign-ins: proving who somebody is, factor by factor, until a session can begin. */
@Injectable()
export class SignInsService {
  constructor(
    private readonly states: SignInStatesService,
    private readonly steps: SignInStepsService,
    private readonly codes: SignInCodesService,
    private readonly passwords: SignInPasswordsService,
    private readonly secondFactors: SignInSecondFactorsService,
  ) {}

  /** The calling client's sign-in, also when it is over. @throws `resource_not_found` (404) */
  async get(ctx: RequestContext, id: string): Promise<SignInJSON> {
    const state = await this.states.require(ctx, id);
    const { strategy, status } = state.firstVerification ?? {};
    const isProved = strategy === EMAIL_LINK && status === 'verified' && state.signIn.status === 'needs_first_factor';
    return isProved ? this.steps.goOnAfterLink(ctx, id) : this.states.toJSON(ctx, state);
  }

  /** The sign-in as the client shows it: null once it is over. */
  async currentJSON(ctx: RequestContext, id: string): Promise<SignInJSON | null> {
    const state = await this.states.findCurrent(ctx, id);
    return state && this.states.toJSON(ctx, state);
  }

  /** Sends the code or link of a first factor. */
  async prepareFirstFactor(ctx: RequestContext, id: string, input: PrepareSignInFactorOne): Promise<SignInJSON> {
    const choice = await this.codes.choose(ctx, input);
    return this.steps.evenly(ctx, () =>
      this.steps.take(ctx, id, 'needs_first_factor', async (tx, _client, state) => {
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
    if (strategy === 'password') return this.passwords.attempt(ctx, id, required(input.password, 'password'));
    if (!isCodeStrategy(strategy)) throw strategyInvalid(strategy);
    const code = required(input.code, 'code');
    return this.steps.evenly(ctx, () =>
      this.steps.take(ctx, id, 'needs_first_factor', async (tx, client, state) => {
        const problem = await this.codes.attempt(tx, ctx, state, state.firstVerification, strategy, code);
        if (problem) return problem;
        const proved = (await this.states.load(tx, ctx, { id }))!;
        return strategy.startsWith('reset_password')
          ? this.states.update(tx, ctx, proved, { status: 'needs_new_password' })
          : this.steps.goOn(tx, ctx, client, proved);
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
    return this.steps.take(ctx, id, 'needs_first_factor', async (tx, client, state) => {
      await this.codes.attemptLink(tx, ctx, state, link);
      const proved = (await this.states.load(tx, ctx, { id }))!;
      return link.mayBegin ? this.steps.goOn(tx, ctx, client, proved) : proved;
    });
  }

  /** Sends the code of a second factor. */
  async prepareSecondFactor(ctx: RequestContext, id: string, input: PrepareSignInFactorTwo): Promise<SignInJSON> {
    return this.steps.take(ctx, id, 'needs_second_factor', async (tx, _client, state) => {
      const verification = await this.codes.prepareSecond(tx, ctx, state, input);
      const updated = await this.states.update(tx, ctx, state, { secondVerificationId: verification.id });
      return { ...updated, secondVerification: verification };
    });
  }

  /** Tries a second factor. @throws `form_code_incorrect` (422), `no_second_factors`, `verification_*` (400), `user_locked` (403) */
  async attemptSecondFactor(ctx: RequestContext, id: string, input: AttemptSignInFactorTwo): Promise<SignInJSON> {
    const { signIn, user } = await this.states.require(ctx, id);
    // To compare codes may be slow: for whoever has proved no first factor it is not done, so that its time tells them nothing.
    const isAsked = signIn.status === 'needs_second_factor';
    const attempt = await this.secondFactors.prepare(ctx, isAsked ? user : null, input);
    return this.steps.take(ctx, id, 'needs_second_factor', async (tx, client, state) => {
      const problem = await attempt(tx, state);
      return problem ?? this.steps.complete(tx, ctx, client, (await this.states.load(tx, ctx, { id }))!);
    });
  }
}
