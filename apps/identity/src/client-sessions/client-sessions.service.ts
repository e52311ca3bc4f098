import { Injectable } from '@nestjs/common';
import type { ClientJSON, SessionJSON } from '@clerk/shared/types';
import type { RequestContext } from '@latchkey/contracts';
import { Clock, notFound } from '@latchkey/core';
import { transaction } from '@latchkey/db';
import { ClientSnapshotsService } from '../client-snapshots/client-snapshots.service.js';
import { ClientsService } from '../clients/clients.service.js';
import { IdentityDb, type Tx } from '../db.js';
import type { Client, Session } from '../generated/prisma/client.js';
import { InstancesService } from '../instances/instances.service.js';
import { MemberClaimsService } from '../sessions/member-claims.service.js';
import { living } from '../sessions/living.js';
import { SessionsService } from '../sessions/sessions.service.js';
import type { TouchSession } from './client-sessions.schemas.js';

/** What a browser does with its own sessions. */
@Injectable()
export class ClientSessionsService {
  constructor(
    private readonly db: IdentityDb,
    private readonly clients: ClientsService,
    private readonly snapshots: ClientSnapshotsService,
    private readonly sessions: SessionsService,
    private readonly members: MemberClaimsService,
    private readonly instances: InstancesService,
    private readonly clock: Clock,
  ) {}

  /** A living session of the calling client. @throws `resource_not_found` (404) */
  async get(ctx: RequestContext, id: string): Promise<SessionJSON> {
    const client = await this.clients.find(ctx);
    return this.toJSON(ctx, client, await this.requireLiving(ctx, id));
  }

  /**
   * Makes a session, and in it an organization, the active one; without an intent to select it only notes its use.
   *
   * @throws `resource_not_found`, `organization_not_found_or_unauthorized` (404)
   */
  async touch(ctx: RequestContext, id: string, input: TouchSession): Promise<SessionJSON> {
    const organizationId = await this.organizationFor(ctx, id, input.active_organization_id);
    const { session, client } = await transaction(this.db, async (tx) => {
      const locked = await this.requireClient(tx, ctx, id);
      const touched = await this.sessions.touch(tx, ctx, locked, id, {
        organizationId,
        isSelected: input.intent !== 'focus',
      });
      return { session: touched.session, client: await this.clients.lock(tx, ctx) };
    });
    return this.toJSON(ctx, client, session);
  }

  /** Signs out of one session. @throws `resource_not_found` (404) when it is another client's or over */
  async end(ctx: RequestContext, id: string, how: 'ended' | 'removed'): Promise<SessionJSON> {
    const { session, client } = await transaction(this.db, async (tx) => {
      const locked = await this.requireClient(tx, ctx, id);
      const [ended] = await this.sessions.end(tx, ctx, { id, clientId: locked.id }, how);
      if (!ended) throw notFound('session', id);
      return { session: ended, client: await this.sessions.selectNext(tx, ctx, locked) };
    });
    return this.toJSON(ctx, client, session);
  }

  /** Signs out of all sessions; the client stays, so that the device is known again. Null when the caller has no client. */
  async signOut(ctx: RequestContext): Promise<ClientJSON | null> {
    const client = await transaction(this.db, async (tx) => {
      const locked = await this.clients.lock(tx, ctx);
      if (!locked) return null;
      await this.sessions.end(tx, ctx, { clientId: locked.id }, 'removed');
      return this.clients.update(tx, ctx, locked, { lastActiveSessionId: null }, { rotate: true });
    });
    return client && this.snapshots.of(ctx, client);
  }

  /** Signs out of all sessions and forgets the client. Null when the caller had none. */
  async delete(ctx: RequestContext): Promise<ClientJSON | null> {
    const client = await transaction(this.db, async (tx) => {
      const locked = await this.clients.lock(tx, ctx);
      if (!locked) return null;
      await this.sessions.end(tx, ctx, { clientId: locked.id }, 'ended');
      await this.clients.end(tx, ctx, locked);
      return locked;
    });
    return client && this.snapshots.of(ctx, { ...client, lastActiveSessionId: null, signInId: null, signUpId: null });
  }

  private async organizationFor(
    ctx: RequestContext,
    id: string,
    asked: string | null | undefined,
  ): Promise<string | null | undefined> {
    if (asked === undefined) return undefined;
    if (asked) {
      const { userId } = await this.requireLiving(ctx, id);
      return (await this.members.require(ctx, asked, userId)).organization.id;
    }
    const { organizations } = await this.instances.settings(ctx.instanceId);
    return organizations.enabled && organizations.force_organization_selection ? undefined : null;
  }

  private async requireLiving(ctx: RequestContext, id: string): Promise<Session> {
    const session = ctx.clientId
      ? await this.db.session.findFirst({
          where: { id, instanceId: ctx.instanceId, clientId: ctx.clientId, ...living(this.clock.now()) },
        })
      : null;
    if (!session) throw notFound('session', id);
    return session;
  }

  private async requireClient(tx: Tx, ctx: RequestContext, sessionId: string): Promise<Client> {
    const client = await this.clients.lock(tx, ctx);
    if (!client) throw notFound('session', sessionId);
    return client;
  }

  private async toJSON(ctx: RequestContext, client: Client | null, session: Session): Promise<SessionJSON> {
    const [json] = await this.snapshots.sessions(ctx, [session], client ?? session);
    if (!json) throw notFound('session', session.id);
    return json;
  }
}
