import { Injectable } from '@nestjs/common';
import type { RequestContext } from '@latchkey/contracts';
import { ApiError, Clock } from '@latchkey/core';
import { transaction } from '@latchkey/db';
import { ClientsService } from '../clients/clients.service.js';
import { IdentityDb } from '../db.js';
import type { Client, Session } from '../generated/prisma/client.js';
import { InstancesService } from '../instances/instances.service.js';
import { living } from '../sessions/living.js';
import { MemberClaimsService } from '../sessions/member-claims.service.js';
import { SessionTokensService, subjectOf } from '../sessions/session-tokens.service.js';
import { SessionsService } from '../sessions/sessions.service.js';
import type { CookieState } from './handshake-cookies.js';
import { RefreshTokensService } from './refresh-tokens.service.js';

const SECOND = 1000;

/** Who is signed in at the calling client, as the cookies of a handshake say it. */
@Injectable()
export class HandshakeStatesService {
  constructor(
    private readonly db: IdentityDb,
    private readonly clients: ClientsService,
    private readonly instances: InstancesService,
    private readonly sessions: SessionsService,
    private readonly members: MemberClaimsService,
    private readonly tokens: SessionTokensService,
    private readonly refreshTokens: RefreshTokensService,
    private readonly clock: Clock,
  ) {}

  /**
   * The state of the calling client, with a session token of its active session.
   *
   * @param organization what the app's page wants active: an id or slug, '' for none; undefined leaves it as it is
   */
  async read(ctx: RequestContext, organization: string | undefined): Promise<CookieState> {
    const client = await this.clients.find(ctx);
    const session = client && (await this.activeSession(ctx, client));
    if (!client || !session) return { session: null, clientUat: 0 };
    const shown = organization === undefined ? session : await this.activate(ctx, session, organization);
    const now = (await this.clients.find(ctx)) ?? client;
    const jwt = await this.tokens.mint(ctx, subjectOf(shown), { notBefore: now.updatedAt.getTime() });
    return {
      session: {
        jwt,
        refreshToken: this.refreshTokens.issue(ctx.instanceId, shown.id),
        secondsLeft: Math.floor((shown.expireAt.getTime() - this.clock.now().getTime()) / SECOND),
      },
      clientUat: Math.floor(now.updatedAt.getTime() / SECOND),
    };
  }

  private async activeSession(ctx: RequestContext, client: Client): Promise<Session | undefined> {
    const sessions = await this.db.session.findMany({
      where: { instanceId: ctx.instanceId, clientId: client.id, ...living(this.clock.now()) },
      orderBy: { createdAt: 'asc' },
    });
    return sessions.find(({ id }) => id === client.lastActiveSessionId) ?? sessions[0];
  }

  /** Makes an organization active if the user belongs to it; otherwise everything stays, and the SDK gives up by itself. */
  private async activate(ctx: RequestContext, session: Session, organization: string): Promise<Session> {
    const { organizations } = await this.instances.settings(ctx.instanceId);
    if (!organization && organizations.force_organization_selection) return session;
    try {
      const organizationId = organization
        ? (await this.members.require(ctx, organization, session.userId)).organization.id
        : null;
      if (organizationId === session.lastActiveOrganizationId) return session;
      return await transaction(this.db, async (tx) => {
        const client = await this.clients.lock(tx, ctx);
        if (!client) return session;
        return (await this.sessions.touch(tx, ctx, client, session.id, { organizationId, isSelected: true })).session;
      });
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return session;
      throw error;
    }
  }
}
