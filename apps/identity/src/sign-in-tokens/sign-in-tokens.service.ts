import { Injectable } from '@nestjs/common';
import type { RequestContext } from '@latchkey/contracts';
import { Clock, newId, notFound } from '@latchkey/core';
import { IdentityDb, type Tx } from '../db.js';
import type { SignInToken } from '../generated/prisma/client.js';
import { MemberClaimsService } from '../sessions/member-claims.service.js';
import { ticketExpired, ticketInvalid } from '../tickets/tickets.errors.js';
import { TicketsService } from '../tickets/tickets.service.js';
import { UsersService } from '../users/users.service.js';
import { signInTokenAlreadyUsed, signInTokenCannotBeRevoked, signInTokenRevoked } from './sign-in-tokens.errors.js';
import type { CreateSignInToken } from './sign-in-tokens.schemas.js';

/** Sign-in tokens: an application lets somebody in whom it knows by other means. */
@Injectable()
export class SignInTokensService {
  constructor(
    private readonly db: IdentityDb,
    private readonly tickets: TicketsService,
    private readonly members: MemberClaimsService,
    private readonly users: UsersService,
    private readonly clock: Clock,
  ) {}

  /**
   * Makes a token for a user.
   *
   * @throws `resource_not_found` (404) for an unknown user, `organization_not_found_or_unauthorized` (404) when they are no member
   */
  async create(
    ctx: RequestContext,
    input: CreateSignInToken,
  ): Promise<{ row: SignInToken; token: string; url: string }> {
    const { id: userId } = await this.users.require(ctx, input.user_id);
    const organization = input.org_id ? await this.members.require(ctx, input.org_id, userId) : null;
    const now = this.clock.now();
    const row = await this.db.signInToken.create({
      data: {
        id: newId('signInToken', now),
        instanceId: ctx.instanceId,
        userId,
        organizationId: organization?.organization.id,
        status: 'pending',
        expireAt: new Date(now.getTime() + input.expires_in_seconds * 1000),
      },
    });
    const token = await this.tickets.sign(ctx.instanceId, { kind: 'sign_in_token', id: row.id }, row.expireAt);
    return { row, token, url: await this.tickets.link(ctx.instanceId, token) };
  }

  /** Withdraws a token that nobody has used. @throws `sign_in_token_cannot_be_revoked_code` (400) */
  async revoke(ctx: RequestContext, id: string): Promise<SignInToken> {
    const where = { id, instanceId: ctx.instanceId };
    const [revoked] = await this.db.signInToken.updateManyAndReturn({
      where: { ...where, status: 'pending' },
      data: { status: 'revoked' },
    });
    if (revoked) return revoked;
    throw (await this.db.signInToken.count({ where })) ? signInTokenCannotBeRevoked() : notFound('sign-in token', id);
  }

  /** Uses a token up: of those who race, one gets it. @throws `sign_in_token_*`, `ticket_*` (400) */
  async accept(tx: Tx, ctx: RequestContext, id: string): Promise<SignInToken> {
    const where = { id, instanceId: ctx.instanceId };
    const [accepted] = await tx.signInToken.updateManyAndReturn({
      where: { ...where, status: 'pending', expireAt: { gt: this.clock.now() } },
      data: { status: 'accepted' },
    });
    if (accepted) return accepted;
    const row = await tx.signInToken.findUnique({ where });
    if (row?.status === 'accepted') throw signInTokenAlreadyUsed();
    if (row?.status === 'revoked') throw signInTokenRevoked();
    throw row ? ticketExpired() : ticketInvalid();
  }
}
