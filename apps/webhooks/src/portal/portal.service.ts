import { Inject, Injectable } from '@nestjs/common';
import { apiVersions, type RequestContext } from '@latchkey/contracts';
import { Clock, hashSecret, newId, newSecret } from '@latchkey/core';
import { transaction } from '@latchkey/db';
import { ApplicationsService } from '../applications/applications.service.js';
import { WEBHOOKS_CONFIG, type WebhooksConfig } from '../config.js';
import { WebhooksDb, type Tx } from '../db.js';
import type { Application, PortalToken, Prisma } from '../generated/prisma/client.js';
import { linkSpent, notCapable, sessionUnknown, svixAppExists, svixAppMissing } from './portal.errors.js';
import { portalCall } from './portal.capabilities.js';
import { capabilities, type ExpireAllIn, type PortalAccessIn } from './portal.schemas.js';

/** How long a link waits to be used. */
const LINK_MS = 60 * 60_000;
const SESSION_SECONDS = 7 * 86_400;
const PREFIX = 'appsk_';

/** The way into the portal: links that work once, and the sessions they open. */
@Injectable()
export class PortalService {
  constructor(
    private readonly db: WebhooksDb,
    private readonly applications: ApplicationsService,
    @Inject(WEBHOOKS_CONFIG) private readonly config: WebhooksConfig,
    private readonly clock: Clock,
  ) {}

  /**
   * Makes the instance's application, for BAPI.
   *
   * @throws `svix_app_exists` (400)
   */
  async createApp(ctx: RequestContext): Promise<string> {
    const { instanceId } = ctx;
    await this.applications.require(ctx, instanceId);
    const [application] = await this.db.application.updateManyAndReturn({
      where: { instanceId, uid: instanceId, associatedAt: null },
      data: { associatedAt: this.clock.now() },
    });
    if (!application) throw svixAppExists();
    return this.link(ctx, application, [...capabilities], SESSION_SECONDS);
  }

  /**
   * Removes the instance's application with all of its endpoints, for BAPI.
   *
   * @throws `svix_app_missing` (400)
   */
  async deleteApp(ctx: RequestContext): Promise<void> {
    const application = await this.associated(ctx);
    await this.applications.remove(ctx.instanceId, application.id);
  }

  /**
   * A link into the portal, for BAPI.
   *
   * @throws `svix_app_missing` (400)
   */
  async authUrl(ctx: RequestContext): Promise<string> {
    return this.link(ctx, await this.associated(ctx), [...capabilities], SESSION_SECONDS);
  }

  /** A link into the portal, and a token that opens the API for the one application. */
  async access(ctx: RequestContext, appId: string, input: PortalAccessIn) {
    const found = await this.applications.find(ctx, appId);
    const application =
      found ??
      (input.application
        ? (await this.applications.create(ctx, input.application, true)).application
        : await this.applications.require(ctx, appId));
    const allowed = input.readOnly ? ['ViewBase'] : (input.capabilities ?? [...capabilities]);
    const sessionId = input.sessionId ?? null;
    const token = await this.add(this.db, application, {
      kind: 'session',
      allowed,
      sessionId,
      ms: input.expiry * 1000,
    });
    return { url: await this.link(ctx, application, allowed, input.expiry, sessionId), token };
  }

  /** Ends the sessions of an application, and the links that were not used. */
  async expireAll(ctx: RequestContext, appId: string, input: ExpireAllIn): Promise<void> {
    const { id, instanceId } = await this.applications.require(ctx, appId);
    const expiresAt = new Date(this.clock.now().getTime() + input.expiry * 1000);
    const sessionId = input.sessionIds?.length ? { in: input.sessionIds } : undefined;
    await this.db.portalToken.updateMany({
      where: { instanceId, applicationId: id, sessionId, expiresAt: { gt: expiresAt } },
      data: { expiresAt },
    });
  }

  /**
   * Turns a link into a session. Of two uses of one link, one wins.
   *
   * @throws `authentication_failed` (401) when it was used or is too old
   */
  async open(key: string): Promise<{ token: string; appId: string; capabilities: string[] }> {
    const link = await this.byHash(key, 'link');
    if (!link) throw linkSpent();
    const { instanceId, applicationId, sessionId } = link;
    const allowed = link.capabilities;
    const token = await transaction(this.db, async (tx: Tx) => {
      const used = { where: { id: link.id, instanceId, usedAt: null }, data: { usedAt: this.clock.now() } };
      if ((await tx.portalToken.updateMany(used)).count === 0) throw linkSpent();
      const input = { kind: 'session' as const, allowed, sessionId, ms: link.lifetime * 1000 };
      return this.add(tx, { id: applicationId, instanceId }, input);
    });
    return { token, appId: applicationId, capabilities: allowed };
  }

  /**
   * The session's context for a call of the svix API.
   *
   * @throws `authentication_failed` (401), `authorization_error` (403)
   */
  async authorize(
    token: string,
    method: string,
    path: string,
    request: Pick<RequestContext, 'requestId' | 'ipAddress' | 'userAgent'>,
  ) {
    const session = await this.session(token);
    const call = portalCall(method, path);
    const isAllowed = call?.capabilities.some((capability) => session.capabilities.includes(capability));
    if (!call || !isAllowed) throw notCapable();
    if (call.app !== undefined && call.app !== session.applicationId) await this.requireSame(session, call.app);
    const context: RequestContext = {
      ...request,
      instanceId: session.instanceId,
      // Neither plays a part in what the portal does.
      environment: 'production',
      fapiUrl: '',
      api: 'bapi',
      apiVersion: apiVersions.at(-1)!,
    };
    return context;
  }

  /** Ends a session. */
  async logout(token: string): Promise<void> {
    const { id, instanceId } = await this.session(token);
    await this.db.portalToken.deleteMany({ where: { id, instanceId } });
  }

  private async session(token: string): Promise<PortalToken> {
    const session = await this.byHash(token, 'session');
    if (!session) throw sessionUnknown();
    return session;
  }

  /** The uid of the session's application is as good as its id; anything else is another's. */
  private async requireSame(session: PortalToken, idOrUid: string): Promise<void> {
    const { instanceId, applicationId } = session;
    const count = await this.db.application.count({ where: { instanceId, id: applicationId, uid: idOrUid } });
    if (count === 0) throw notCapable();
  }

  private async byHash(plain: string, kind: 'link' | 'session'): Promise<PortalToken | null> {
    // The token itself tells the instance; there is nothing else to scope by yet.
    const rows = await this.db.$queryRaw<{ id: string; instanceId: string }[]>`
      SELECT id, instance_id AS "instanceId" FROM portal_tokens
      WHERE hash = ${hashSecret(plain)} AND kind = ${kind} AND used_at IS NULL
        AND expires_at > ${this.clock.now().toISOString()}::timestamptz`;
    return rows[0] ? this.db.portalToken.findUnique({ where: rows[0] }) : null;
  }

  /** The instance's application: the one that BAPI has made, or one that has endpoints from the svix client. */
  private async associated({ instanceId }: RequestContext): Promise<Application> {
    const [application] = await this.db.application.updateManyAndReturn({
      where: { instanceId, uid: instanceId, OR: [{ associatedAt: { not: null } }, { endpoints: { some: {} } }] },
      data: { associatedAt: this.clock.now() },
    });
    if (!application) throw svixAppMissing();
    return application;
  }

  private async link(
    ctx: RequestContext,
    application: Application,
    allowed: string[],
    seconds: number,
    sessionId: string | null = null,
  ) {
    const key = await this.add(this.db, application, {
      kind: 'link',
      allowed,
      sessionId,
      ms: LINK_MS,
      lifetime: seconds,
    });
    // Behind the #, so that it appears in no log of a server.
    return `${this.config.WEBHOOKS_PORTAL_URL ?? `${ctx.fapiUrl}/webhooks-portal`}/login#key=${key}`;
  }

  private async add(
    db: Pick<Tx, 'portalToken'>,
    { id: applicationId, instanceId }: Pick<Application, 'id' | 'instanceId'>,
    input: { kind: 'link' | 'session'; allowed: string[]; sessionId: string | null; ms: number; lifetime?: number },
  ): Promise<string> {
    const now = this.clock.now();
    const { plain, hash } = newSecret(PREFIX);
    await db.portalToken.create({
      data: {
        id: newId('portalToken', now),
        instanceId,
        applicationId,
        kind: input.kind,
        hash,
        capabilities: input.allowed,
        sessionId: input.sessionId,
        lifetime: input.lifetime ?? 0,
        expiresAt: new Date(now.getTime() + input.ms),
      } as Prisma.PortalTokenCreateInput,
    });
    return plain;
  }
}
