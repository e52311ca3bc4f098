import { Injectable } from '@nestjs/common';
import type { SignInFirstFactorJSON, SignInJSON, SignInSecondFactorJSON } from '@clerk/shared/types';
import type { RequestContext } from '@latchkey/contracts';
import { Clock, newId, notFound, SecretBox } from '@latchkey/core';
import { ClientsService } from '../clients/clients.service.js';
import { IdentityDb, type Tx } from '../db.js';
import type { Client, Prisma, SignIn, Verification } from '../generated/prisma/client.js';
import { InstancesService } from '../instances/instances.service.js';
import { fullUser, type FullUser } from '../users/users.serializer.js';
import { UsersService } from '../users/users.service.js';
import { verificationAlreadyVerified } from '../verifications/verifications.errors.js';
import type { OpenedTicket } from './sign-in-tickets.service.js';
import { accountGone, signInReplaced } from './sign-ins.errors.js';
import { firstFactors, secondFactors, veiledFactors } from './sign-ins.factors.js';
import { readIdentifier, veiledId } from './sign-ins.identifiers.js';
import { toSignInJSON, type SignInState } from './sign-ins.serializer.js';

const ABANDON_MS = 24 * 60 * 60_000;

/** Sign-ins as they are stored: who is meant, what was proved, and how that is shown. */
@Injectable()
export class SignInStatesService {
  constructor(
    private readonly db: IdentityDb,
    private readonly clients: ClientsService,
    private readonly instances: InstancesService,
    private readonly users: UsersService,
    private readonly box: SecretBox,
    private readonly clock: Clock,
  ) {}

  /** The user who signs in with an identifier; null for nobody, and for a kind that the instance does not sign in with. */
  async findUser({ instanceId }: RequestContext, text: string): Promise<FullUser | null> {
    const { attributes } = await this.instances.settings(instanceId);
    const { kind, value } = readIdentifier(text);
    if (!attributes[kind].enabled || !attributes[kind].used_for_first_factor) return null;
    const holder = {
      email_address: { emailAddresses: { some: { instanceId, reservedAs: value } } },
      phone_number: { phoneNumbers: { some: { instanceId, reservedAs: value } } },
      username: { username: value },
    }[kind];
    return this.db.user.findFirst({ where: { instanceId, ...holder }, include: fullUser });
  }

  /**
   * Makes a sign-in the client's current one, in place of the one before.
   *
   * @param proof the first factor, when it is proved already
   */
  async begin(
    tx: Tx,
    ctx: RequestContext,
    client: Client,
    about: Partial<OpenedTicket> | { identifier: string; user: FullUser | null },
    proof: Verification | null = null,
  ): Promise<SignInState> {
    const now = this.clock.now();
    const signIn = await tx.signIn.create({
      data: {
        id: newId('signIn', now),
        instanceId: ctx.instanceId,
        clientId: client.id,
        status: about.identifier === undefined ? 'needs_identifier' : 'needs_first_factor',
        identifier: about.identifier,
        userId: about.user?.id,
        firstVerificationId: proof?.id,
        ...('actor' in about || 'organizationId' in about
          ? { actor: about.actor, organizationId: about.organizationId, sessionLifetime: about.sessionLifetime }
          : {}),
        abandonAt: new Date(now.getTime() + ABANDON_MS),
      },
    });
    await this.clients.update(tx, ctx, client, { signInId: signIn.id });
    return { signIn, user: about.user ?? null, firstVerification: proof, secondVerification: null };
  }

  /** Writes to the sign-in's row. */
  async update(
    tx: Tx,
    ctx: RequestContext,
    state: SignInState,
    data: Partial<Pick<SignIn, 'status' | 'firstVerificationId' | 'secondVerificationId' | 'createdSessionId'>>,
  ): Promise<SignInState> {
    const where = { id: state.signIn.id, instanceId: ctx.instanceId };
    return { ...state, signIn: await tx.signIn.update({ where, data }) };
  }

  /**
   * The sign-in that `client` is in the middle of.
   *
   * @throws `resource_not_found` (404), `resource_forbidden` (403) for one that a newer one has replaced,
   *   `verification_already_verified` (400) for one that is complete
   */
  async requireOpen(db: Tx | IdentityDb, ctx: RequestContext, client: Client | null, id: string): Promise<SignInState> {
    const state = client && (await this.load(db, ctx, { id, clientId: client.id }));
    if (!client || !state) throw notFound('sign in attempt', id);
    if (state.signIn.status === 'complete') throw verificationAlreadyVerified();
    if (state.signIn.abandonAt <= this.clock.now()) throw notFound('sign in attempt', id);
    if (client.signInId !== id) throw signInReplaced();
    if (state.signIn.userId && !state.user) throw accountGone();
    return state;
  }

  /** The calling client's sign-in, also a finished one. @throws `resource_not_found` (404) */
  async require(ctx: RequestContext, id: string): Promise<SignInState> {
    const state = ctx.clientId ? await this.load(this.db, ctx, { id, clientId: ctx.clientId }) : null;
    const isAbandoned = state && state.signIn.status !== 'complete' && state.signIn.abandonAt <= this.clock.now();
    if (!state || isAbandoned) throw notFound('sign in attempt', id);
    return state;
  }

  /** The sign-in while it goes on; null once it is over. */
  async findCurrent(ctx: RequestContext, id: string): Promise<SignInState | null> {
    const state = await this.load(this.db, ctx, { id });
    const isOver = !state || state.signIn.status === 'complete' || state.signIn.abandonAt <= this.clock.now();
    return isOver ? null : state;
  }

  /** The sign-in, wherever it stands; null when there is none. */
  async load(db: Tx | IdentityDb, ctx: RequestContext, where: Prisma.SignInWhereInput): Promise<SignInState | null> {
    const { instanceId } = ctx;
    const signIn = await db.signIn.findFirst({ where: { ...where, instanceId } });
    if (!signIn) return null;
    const ids = [signIn.firstVerificationId, signIn.secondVerificationId].filter((id) => id !== null);
    const user = signIn.userId
      ? await db.user.findUnique({ where: { id: signIn.userId, instanceId }, include: fullUser })
      : null;
    const proofs = ids.length ? await db.verification.findMany({ where: { instanceId, id: { in: ids } } }) : [];
    const proof = (id: string | null): Verification | null => proofs.find((row) => row.id === id) ?? null;
    return {
      signIn,
      user,
      firstVerification: proof(signIn.firstVerificationId),
      secondVerification: proof(signIn.secondVerificationId),
    };
  }

  /** The ways in that the sign-in offers. */
  async firstFactors(ctx: RequestContext, { signIn, user }: SignInState): Promise<SignInFirstFactorJSON[]> {
    const settings = await this.instances.settings(ctx.instanceId);
    if (user && !(await this.isVeiled(ctx))) return firstFactors(user, settings);
    if (signIn.identifier === null) return [];
    return veiledFactors(signIn.identifier, this.veiledId(ctx, signIn.identifier), settings);
  }

  /** What the user must prove besides; empty when they have set nothing up. */
  async secondFactors(ctx: RequestContext, { user }: SignInState): Promise<SignInSecondFactorJSON[]> {
    return secondFactors(user!, await this.instances.settings(ctx.instanceId));
  }

  /** Whether callers must not learn if an account exists (`enumeration_protection`). */
  async isVeiled(ctx: RequestContext): Promise<boolean> {
    return (await this.instances.settings(ctx.instanceId)).attack_protection.enumeration_protection.enabled;
  }

  /** The sign-in as FAPI shows it. */
  async toJSON(ctx: RequestContext, state: SignInState): Promise<SignInJSON> {
    return toSignInJSON(state, {
      ...(await this.users.view(ctx.instanceId)),
      settings: await this.instances.settings(ctx.instanceId),
      firstFactors: await this.firstFactors(ctx, state),
      isVeiled: await this.isVeiled(ctx),
    });
  }

  private veiledId(ctx: RequestContext, identifier: string): string {
    return veiledId(ctx.instanceId, readIdentifier(identifier).value, (text) => this.box.mac(text));
  }
}
