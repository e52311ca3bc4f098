import { setTimeout as delay } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import type { SignInJSON } from '@clerk/shared/types';
import type { RequestContext } from '@latchkey/contracts';
import { ApiError, Clock } from '@latchkey/core';
import { transaction } from '@latchkey/db';
import { ClientsService } from '../clients/clients.service.js';
import { IdentityDb, type Tx } from '../db.js';
import { EMAIL_LINK } from '../email-links/email-links.service.js';
import type { Client, Prisma, SignIn } from '../generated/prisma/client.js';
import { SessionAdmissionService } from '../sessions/session-admission.service.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { userBanned } from '../users/users.errors.js';
import { verificationExpired, verificationMissing } from '../verifications/verifications.errors.js';
import { SignInStatesService } from './sign-in-states.service.js';
import type { SignInState } from './sign-ins.serializer.js';

/** Where nobody may learn whether an account exists, answers leave on such a grid: differences in work do not show. */
const GRID_MS = 100;

/** Of how somebody signed in last, what the UI marks as "last used". */
const SHOWN_STRATEGIES = ['password', 'email_code', EMAIL_LINK, 'phone_code'];

/** The steps of a sign-in: each a transaction that holds the client, and the last one starts a session. */
@Injectable()
export class SignInStepsService {
  constructor(
    private readonly db: IdentityDb,
    private readonly states: SignInStatesService,
    private readonly clients: ClientsService,
    private readonly admission: SessionAdmissionService,
    private readonly sessions: SessionsService,
    private readonly clock: Clock,
  ) {}

  /** Runs `work` in a transaction. A problem that it returns is thrown after the commit, so that what it counted stays counted. */
  async change(ctx: RequestContext, work: (tx: Tx) => Promise<SignInState | ApiError>): Promise<SignInJSON> {
    const outcome = await transaction(this.db, work);
    if (outcome instanceof ApiError) throw outcome;
    const { signIn, user } = outcome;
    // An impersonator's session is not one that the user has begun.
    if (signIn.createdSessionId && user && !signIn.organizationId && !signIn.actor)
      await this.sessions.enterGranted({ ...ctx, clientId: signIn.clientId }, signIn.createdSessionId, user);
    return this.states.toJSON(ctx, outcome);
  }

  /** One step of a sign-in that stands at `status`, with the client held; with a user, whose sessions it may end, their clients, too. */
  take(
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
      if (!isProofGood(state)) throw verificationExpired();
      await this.admission.require(tx, ctx, client!.id, state.user?.id);
      return work(tx, client!, state);
    });
  }

  /** After the first factor: asks for the second one when the user has one, else the sign-in is complete. */
  async goOn(tx: Tx, ctx: RequestContext, client: Client, state: SignInState): Promise<SignInState> {
    return (await this.states.secondFactors(ctx, state)).length > 0
      ? this.states.update(tx, ctx, state, { status: 'needs_second_factor' })
      : this.complete(tx, ctx, client, state);
  }

  /** Call it once the client, which is held, may take one more session (`SessionAdmissionService`). */
  async complete(tx: Tx, ctx: RequestContext, client: Client, state: SignInState): Promise<SignInState> {
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

  /** Goes on with a sign-in whose link was followed in another browser. */
  goOnAfterLink(ctx: RequestContext, id: string): Promise<SignInJSON> {
    return this.change(ctx, async (tx) => {
      const client = await this.clients.lock(tx, ctx);
      const state = (await this.states.load(tx, ctx, { id, clientId: client?.id }))!;
      // Another tab may have been faster.
      if (state.signIn.status !== 'needs_first_factor') return state;
      await this.admission.require(tx, ctx, client!.id, state.user?.id);
      return this.goOn(tx, ctx, client!, state);
    });
  }

  /** Answers in a time that does not tell whether the account exists, where that is not to be known. */
  async evenly<T>(ctx: RequestContext, work: () => Promise<T>): Promise<T> {
    if (!(await this.states.isVeiled(ctx))) return work();
    const begun = performance.now();
    try {
      return await work();
    } finally {
      await delay(GRID_MS - ((performance.now() - begun) % GRID_MS));
    }
  }
}

const ticketLimits = ({ organizationId, sessionLifetime }: SignIn) => ({
  organizationId: organizationId ?? undefined,
  lifetime: sessionLifetime ?? undefined,
});

/**
 * Whether the first factor of a sign-in under way still proves anything. Whoever has got hold of a password or a mailbox must not
 * keep a sign-in in store until after its owner has changed the one or taken the other off the account.
 */
function isProofGood({ signIn, user, firstVerification: proof }: SignInState): boolean {
  if (signIn.status === 'needs_first_factor' || !user || !proof) return true;
  const { identifier_id: id } = (proof.details ?? {}) as { identifier_id?: string };
  if (id && ![...user.emailAddresses, ...user.phoneNumbers].some((row) => row.id === id)) return false;
  const isByPassword = proof.strategy === 'password' || signIn.status === 'needs_new_password';
  return !isByPassword || (user.passwordUpdatedAt?.getTime() ?? 0) <= proof.updatedAt.getTime();
}
