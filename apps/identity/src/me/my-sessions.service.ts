import { Injectable } from '@nestjs/common';
import type { SessionJSON } from '@clerk/shared/types';
import type { RequestContext } from '@latchkey/contracts';
import { Clock, notFound } from '@latchkey/core';
import { transaction } from '@latchkey/db';
import { toOwnSessionJSON } from '../client-snapshots/client-snapshots.serializer.js';
import { ClientsService } from '../clients/clients.service.js';
import { IdentityDb } from '../db.js';
import type { Session } from '../generated/prisma/client.js';
import { StepUpService } from '../reverifications/step-up.service.js';
import { living } from '../sessions/living.js';
import { MemberClaimsService } from '../sessions/member-claims.service.js';
import { toActivityJSON } from '../sessions/sessions.serializer.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { toOwnUserJSON } from '../users/users.serializer.js';
import { UsersService } from '../users/users.service.js';

const MAX_LISTED = 500;

/** The devices on which the signed-in user is, or was, signed in. */
@Injectable()
export class MySessionsService {
  constructor(
    private readonly db: IdentityDb,
    private readonly users: UsersService,
    private readonly sessions: SessionsService,
    private readonly clients: ClientsService,
    private readonly stepUp: StepUpService,
    private readonly members: MemberClaimsService,
    private readonly clock: Clock,
  ) {}

  /** Those that are going on, with the devices; the contract leaves out the user, and when it all began. */
  async listActive(ctx: RequestContext): Promise<SessionJSON[]> {
    const sessions = await this.list(ctx, living(this.clock.now()));
    return sessions.map((session) => {
      const { user: _user, public_user_data: _data, created_at: _created, updated_at: _updated, ...shown } = session;
      return shown as SessionJSON;
    });
  }

  /** All of them, the newest first. */
  async listAll(ctx: RequestContext): Promise<SessionJSON[]> {
    return this.list(ctx, {});
  }

  /** Signs the user out on a device. @throws `resource_not_found` (404) for a session that is over or somebody else's */
  async revoke(ctx: RequestContext, id: string): Promise<SessionJSON> {
    await this.stepUp.require(ctx);
    const ended = await transaction(this.db, async (tx) => {
      const client = await this.clients.lock(tx, ctx);
      const [session] = await this.sessions.end(tx, ctx, { id, userId: ctx.userId! }, 'revoked');
      if (!session) throw notFound('session', id);
      if (client?.id === session.clientId) await this.sessions.selectNext(tx, ctx, client);
      return session;
    });
    const [json] = await this.toJSON(ctx, [ended]);
    return json!;
  }

  private async list(ctx: RequestContext, where: object): Promise<SessionJSON[]> {
    const rows = await this.db.session.findMany({
      where: { ...where, instanceId: ctx.instanceId, userId: ctx.userId! },
      orderBy: { createdAt: 'desc' },
      take: MAX_LISTED,
    });
    return this.toJSON(ctx, rows);
  }

  private async toJSON(ctx: RequestContext, rows: Session[]): Promise<SessionJSON[]> {
    const [user, view, memberships] = await Promise.all([
      this.users.require(ctx, ctx.userId!),
      this.users.view(ctx.instanceId),
      this.members.membershipsOf(ctx, ctx.userId!),
    ]);
    return Promise.all(
      rows.map(async (session) => {
        const tasks = session.status === 'pending' ? await this.sessions.tasks(ctx, user, session) : [];
        const own = { session, user, userJSON: toOwnUserJSON(user, view, memberships), jwt: null, tasks };
        return { ...toOwnSessionJSON(own, view), latest_activity: toActivityJSON(session) };
      }),
    );
  }
}
