import { Injectable } from '@nestjs/common';
import type { ClientJSON, SessionJSON } from '@clerk/shared/types';
import type { RequestContext } from '@latchkey/contracts';
import { Clock } from '@latchkey/core';
import { transaction } from '@latchkey/db';
import { ClientsService } from '../clients/clients.service.js';
import { IdentityDb } from '../db.js';
import type { Client, Session } from '../generated/prisma/client.js';
import { SignInsService } from '../sign-ins/sign-ins.service.js';
import { MemberClaimsService } from '../sessions/member-claims.service.js';
import { SessionTokensService, subjectOf } from '../sessions/session-tokens.service.js';
import { living } from '../sessions/living.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { SignUpsService } from '../sign-ups/sign-ups.service.js';
import { fullUser, toOwnUserJSON } from '../users/users.serializer.js';
import { UsersService } from '../users/users.service.js';
import { toClientJSON, toOwnSessionJSON } from './client-snapshots.serializer.js';

/** Builds the client as clerk-js wants it: every answer to a change carries it (`compat/fapi.md` 3.1). */
@Injectable()
export class ClientSnapshotsService {
  constructor(
    private readonly db: IdentityDb,
    private readonly clients: ClientsService,
    private readonly users: UsersService,
    private readonly sessionsService: SessionsService,
    private readonly tokens: SessionTokensService,
    private readonly members: MemberClaimsService,
    private readonly signIns: SignInsService,
    private readonly signUps: SignUpsService,
    private readonly clock: Clock,
  ) {}

  /** The calling client; null when the caller has none. */
  async current(ctx: RequestContext): Promise<ClientJSON | null> {
    const client = await this.clients.find(ctx);
    return client && this.of(ctx, client);
  }

  /** The calling client; one is made when the caller has none yet. */
  async ensure(ctx: RequestContext): Promise<ClientJSON> {
    return this.of(ctx, await transaction(this.db, (tx) => this.clients.ensure(tx, ctx)));
  }

  /** A client with its living sessions and its current attempts. */
  async of(ctx: RequestContext, client: Client): Promise<ClientJSON> {
    const now = this.clock.now();
    const [sessions, signIn, signUp] = await Promise.all([
      this.db.session.findMany({
        where: { instanceId: ctx.instanceId, clientId: client.id, ...living(now) },
        orderBy: { createdAt: 'asc' },
      }),
      client.signInId ? this.signIns.currentJSON(ctx, client.signInId) : null,
      client.signUpId ? this.signUps.currentJSON(ctx, client.signUpId) : null,
    ]);
    return toClientJSON(client, { sessions: await this.sessions(ctx, sessions, client), signIn, signUp });
  }

  /** Sessions of the calling client, each with its user; the living ones with a fresh token. */
  async sessions(ctx: RequestContext, sessions: Session[], client: Pick<Client, 'updatedAt'>): Promise<SessionJSON[]> {
    if (sessions.length === 0) return [];
    const [users, view] = await Promise.all([
      this.db.user.findMany({
        where: { instanceId: ctx.instanceId, id: { in: sessions.map((row) => row.userId) } },
        include: fullUser,
      }),
      this.users.view(ctx.instanceId),
    ]);
    const notBefore = client.updatedAt.getTime();
    const build = async (session: Session): Promise<SessionJSON[]> => {
      const user = users.find((row) => row.id === session.userId);
      if (!user) return [];
      const isLiving = session.status === 'active' || session.status === 'pending';
      const [jwt, tasks, memberships] = await Promise.all([
        isLiving ? this.tokens.mint(ctx, subjectOf(session), { notBefore }) : null,
        isLiving ? this.sessionsService.tasks(ctx, user, session) : [],
        this.members.membershipsOf(ctx, user.id),
      ]);
      return [toOwnSessionJSON({ session, user, userJSON: toOwnUserJSON(user, view, memberships), jwt, tasks }, view)];
    };
    return (await Promise.all(sessions.map(build))).flat();
  }
}
