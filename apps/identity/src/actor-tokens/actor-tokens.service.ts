import { Injectable } from '@nestjs/common';
import type { RequestContext } from '@latchkey/contracts';
import { Clock, newId, notFound, paramError } from '@latchkey/core';
import { IdentityDb, type Tx } from '../db.js';
import type { ActorToken, Prisma } from '../generated/prisma/client.js';
import { ticketExpired, ticketInvalid } from '../tickets/tickets.errors.js';
import { TicketsService } from '../tickets/tickets.service.js';
import { actorTokenAlreadyUsed, actorTokenCannotBeRevoked, actorTokenRevoked } from './actor-tokens.errors.js';
import type { CreateActorToken } from './actor-tokens.schemas.js';

/** Actor tokens: somebody of the application's staff acts as a user, and every token of that session says so. */
@Injectable()
export class ActorTokensService {
  constructor(
    private readonly db: IdentityDb,
    private readonly tickets: TicketsService,
    private readonly clock: Clock,
  ) {}

  /** Makes a token to act as a user. @throws `form_resource_not_found` (422) for an unknown user */
  async create(ctx: RequestContext, input: CreateActorToken): Promise<{ row: ActorToken; token: string; url: string }> {
    const { instanceId } = ctx;
    const isUser = await this.db.user.count({ where: { id: input.user_id, instanceId } });
    if (!isUser)
      throw paramError(
        'form_resource_not_found',
        'user_id',
        'not found',
        `No user was found with id ${input.user_id}.`,
      );
    const now = this.clock.now();
    const row = await this.db.actorToken.create({
      data: {
        id: newId('actorToken', now),
        instanceId,
        userId: input.user_id,
        actor: input.actor as Prisma.InputJsonObject,
        status: 'pending',
        expireAt: new Date(now.getTime() + input.expires_in_seconds * 1000),
        sessionLifetime: input.session_max_duration_in_seconds,
      },
    });
    const token = await this.tickets.sign(instanceId, { kind: 'actor_token', id: row.id }, row.expireAt);
    return { row, token, url: await this.tickets.link(instanceId, token) };
  }

  /** Withdraws a token that nobody has used. @throws `actor_token_cannot_be_revoked_code` (400) */
  async revoke(ctx: RequestContext, id: string): Promise<ActorToken> {
    const where = { id, instanceId: ctx.instanceId };
    const [revoked] = await this.db.actorToken.updateManyAndReturn({
      where: { ...where, status: 'pending' },
      data: { status: 'revoked' },
    });
    if (revoked) return revoked;
    throw (await this.db.actorToken.count({ where })) ? actorTokenCannotBeRevoked() : notFound('actor token', id);
  }

  /** Uses a token up: of those who race, one gets it. @throws `actor_token_*`, `ticket_*` (400) */
  async accept(tx: Tx, ctx: RequestContext, id: string): Promise<ActorToken> {
    const where = { id, instanceId: ctx.instanceId };
    const [accepted] = await tx.actorToken.updateManyAndReturn({
      where: { ...where, status: 'pending', expireAt: { gt: this.clock.now() } },
      data: { status: 'accepted' },
    });
    if (accepted) return accepted;
    const row = await tx.actorToken.findUnique({ where });
    if (row?.status === 'accepted') throw actorTokenAlreadyUsed();
    if (row?.status === 'revoked') throw actorTokenRevoked();
    throw row ? ticketExpired() : ticketInvalid();
  }
}
