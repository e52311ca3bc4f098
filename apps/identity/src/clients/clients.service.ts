import { Injectable } from '@nestjs/common';
import { ClientStates, type ClientState } from '@latchkey/clients';
import type { PageRequest, RequestContext } from '@latchkey/contracts';
import { Clock, newId, notFound, randomText } from '@latchkey/core';
import { afterCommit, columns } from '@latchkey/db';
import { slice, type RowPage } from '@latchkey/http';
import { IdentityDb, type Tx } from '../db.js';
import { Prisma, type Client, type Session } from '../generated/prisma/client.js';
import { living } from '../sessions/living.js';
import { clientNotFound, cookieInvalid } from './clients.errors.js';
import { SigningKeysService } from '../instances/signing-keys.service.js';

/** How long the token before a rotation still works, for requests that were under way. */
const GRACE_MS = 60_000;
const TOKEN_LENGTH = 32;
const CLIENT = Prisma.raw(columns('c', Prisma.ClientScalarFieldEnum));

/** Browsers and apps: who they are from one call to the next, and which sessions act through them. */
@Injectable()
export class ClientsService {
  private readonly rotated = new WeakMap<RequestContext, { id: string; rotating_token: string } | null>();

  constructor(
    private readonly db: IdentityDb,
    private readonly signingKeys: SigningKeysService,
    private readonly states: ClientStates,
    private readonly clock: Clock,
  ) {}

  /** The calling client; one is made when the caller has none yet. Locked until the transaction ends, so that its attempts and sessions change one after the other. */
  async ensure(tx: Tx, ctx: RequestContext): Promise<Client> {
    return (await this.lock(tx, ctx)) ?? (await this.create(tx, ctx));
  }

  /** A new client; the caller acts through it from now on. */
  async create(tx: Tx, ctx: RequestContext): Promise<Client> {
    const now = this.clock.now();
    const created = await tx.client.create({
      data: {
        id: newId('client', now),
        instanceId: ctx.instanceId,
        rotatingToken: randomText(TOKEN_LENGTH),
        rotatedAt: now,
      },
    });
    if (ctx.devBrowserId) {
      await tx.devBrowser.updateMany({
        where: { id: ctx.devBrowserId, instanceId: ctx.instanceId },
        data: { clientId: created.id },
      });
    }
    this.announce(tx, ctx, created);
    return created;
  }

  /** The calling client, locked; null when the caller has none. */
  async lock(tx: Tx, ctx: RequestContext): Promise<Client | null> {
    if (!ctx.clientId) return null;
    const [client] = await tx.$queryRaw<Client[]>`
      SELECT ${CLIENT} FROM clients c
      WHERE c.id = ${ctx.clientId} AND c.instance_id = ${ctx.instanceId} AND c.ended_at IS NULL FOR UPDATE`;
    return client ?? null;
  }

  /**
   * Locks users, and before them the clients on which they are signed in, the caller's too: clients come before sessions and
   * sessions before users, for so a sign-in takes them. Who changes a user and may have to end or change their sessions begins with
   * this; whoever took the user first would wait for a sign-in that waits for the user.
   */
  async lockWithUsers(
    tx: Tx,
    { instanceId, clientId }: Pick<RequestContext, 'instanceId' | 'clientId'>,
    userIds: string[],
  ) {
    const own = clientId ? [clientId] : [];
    await tx.$queryRaw`
      SELECT id FROM clients WHERE instance_id = ${instanceId} AND id = ANY(${own}::text[] || ARRAY(
        SELECT client_id FROM sessions
        WHERE instance_id = ${instanceId} AND user_id = ANY(${userIds}) AND status IN ('active', 'pending')))
      ORDER BY id FOR UPDATE`;
    await tx.$queryRaw`
      SELECT id FROM users WHERE instance_id = ${instanceId} AND id = ANY(${userIds}) ORDER BY id FOR UPDATE`;
  }

  /** Locks clients until the transaction ends. */
  async lockAll(tx: Tx, ids: string[]): Promise<void> {
    await tx.$queryRaw`SELECT id FROM clients WHERE id = ANY(${ids}) ORDER BY id FOR UPDATE`;
  }

  /** The calling client as it is; null when the caller has none. */
  async find(ctx: RequestContext): Promise<Client | null> {
    return ctx.clientId
      ? this.db.client.findFirst({ where: { id: ctx.clientId, instanceId: ctx.instanceId, endedAt: null } })
      : null;
  }

  /** The instance's clients, newest first. */
  async list(ctx: RequestContext, page: PageRequest): Promise<RowPage<Client>> {
    const where = { instanceId: ctx.instanceId, endedAt: null };
    const [rows, total] = await Promise.all([
      this.db.client.findMany({ where, orderBy: [{ createdAt: 'desc' }, { id: 'desc' }], ...slice(page) }),
      this.db.client.count({ where }),
    ]);
    return { rows, total };
  }

  /**
   * The client that a token stands for.
   *
   * @throws `cookie_invalid` (400) for a token of another hand, or one that was replaced; `client_not_found` (400)
   */
  async verify(ctx: RequestContext, token: string): Promise<Client> {
    const claims = await this.signingKeys.verify(ctx.instanceId, token);
    if (typeof claims?.id !== 'string') throw cookieInvalid();
    const client = await this.db.client.findFirst({
      where: { id: claims.id, instanceId: ctx.instanceId, endedAt: null },
    });
    if (!client) throw clientNotFound();
    const isPrevious =
      client.previousToken !== null &&
      claims.rotating_token === client.previousToken &&
      this.clock.now().getTime() < client.rotatedAt.getTime() + GRACE_MS;
    if (claims.rotating_token !== client.rotatingToken && !isPrevious) throw cookieInvalid();
    return client;
  }

  /** The living sessions of clients, oldest first. */
  async sessionsOf(ctx: RequestContext, clientIds: string[]): Promise<Session[]> {
    return this.db.session.findMany({
      where: { instanceId: ctx.instanceId, clientId: { in: clientIds }, ...living(this.clock.now()) },
      orderBy: { createdAt: 'asc' },
    });
  }

  /** @throws `resource_not_found` (404) */
  async require(ctx: RequestContext, id: string): Promise<Client> {
    const client = await this.db.client.findFirst({ where: { id, instanceId: ctx.instanceId } });
    if (!client) throw notFound('client', id);
    return client;
  }

  /** Changes the calling client; with `rotate` its token is renewed, as at every sign-in and sign-out. */
  async update(
    tx: Tx,
    ctx: RequestContext,
    client: Client,
    data: Partial<
      Pick<Client, 'lastActiveSessionId' | 'lastAuthenticationStrategy' | 'signInId' | 'signUpId' | 'endedAt'>
    >,
    { rotate = false } = {},
  ): Promise<Client> {
    const renewal = {
      rotatingToken: randomText(TOKEN_LENGTH),
      previousToken: client.rotatingToken,
      rotatedAt: this.clock.now(),
    };
    const updated = await tx.client.update({
      where: { id: client.id, instanceId: ctx.instanceId },
      data: rotate ? { ...data, ...renewal } : data,
    });
    if (rotate) this.announce(tx, ctx, updated);
    this.changed(tx, ctx.instanceId, client.id);
    return updated;
  }

  /** Notes that sessions of a client have changed, whoever changed them: `updated_at` grows, so that its `__client_uat` does. */
  async bump(tx: Tx, instanceId: string, clientId: string): Promise<void> {
    await tx.client.updateMany({ where: { id: clientId, instanceId }, data: {} });
    this.changed(tx, instanceId, clientId);
  }

  /** As `bump`, for several clients in one statement. */
  async bumpAll(tx: Tx, instanceId: string, clientIds: string[]): Promise<void> {
    await tx.$executeRaw`
      UPDATE clients SET updated_at = ${this.clock.now()} WHERE instance_id = ${instanceId} AND id = ANY(${clientIds})`;
    this.changed(tx, instanceId, ...clientIds);
  }

  /** Ends the calling client: its token opens nothing any more, and the caller loses it. */
  async end(tx: Tx, ctx: RequestContext, client: Client): Promise<void> {
    await this.update(tx, ctx, client, { endedAt: this.clock.now(), lastActiveSessionId: null });
    afterCommit(tx, () => void this.rotated.set(ctx, null));
  }

  /** Makes every replica read the client anew once the transaction has committed. Call it for every change to a client or its sessions. */
  changed(tx: Tx, instanceId: string, ...clientIds: string[]): void {
    afterCommit(tx, () => this.states.changed(instanceId, ...clientIds));
  }

  /** What requests of this client are judged by; null when there is no such client. */
  async state(ctx: RequestContext, id: string): Promise<ClientState | null> {
    const client = await this.db.client.findFirst({ where: { id, instanceId: ctx.instanceId, endedAt: null } });
    if (!client) return null;
    const sessions = await this.sessionsOf(ctx, [id]);
    return {
      id,
      rotatingToken: client.rotatingToken,
      previousToken: client.previousToken,
      previousUntil: client.rotatedAt.getTime() + GRACE_MS,
      lastActiveSessionId: client.lastActiveSessionId,
      updatedAt: client.updatedAt.getTime(),
      sessions: sessions.map((session) => ({
        id: session.id,
        userId: session.userId,
        status: session.status as 'active' | 'pending',
        organizationId: session.lastActiveOrganizationId,
        actor: session.actor as { sub: string } | null,
        firstFactorAt: session.firstFactorAt?.getTime() ?? null,
        secondFactorAt: session.secondFactorAt?.getTime() ?? null,
        reverificationId: session.reverificationId,
        expireAt: session.expireAt.getTime(),
        abandonAt: session.abandonAt.getTime(),
      })),
    };
  }

  /** The client token that the caller must keep from now on, empty when it shall keep none; undefined when the request did not change it. */
  issuedToken(ctx: RequestContext): Promise<string> | undefined {
    const payload = this.rotated.get(ctx);
    return payload === null ? Promise.resolve('') : payload && this.signingKeys.sign(ctx.instanceId, payload);
  }

  /** Gives the caller its token again, so that the cookie which holds it lives longer. */
  renewToken(tx: Tx, ctx: RequestContext, client: Client): void {
    this.announce(tx, ctx, client);
  }

  private announce(tx: Tx, ctx: RequestContext, client: Client): void {
    afterCommit(tx, () => void this.rotated.set(ctx, { id: client.id, rotating_token: client.rotatingToken }));
  }
}
