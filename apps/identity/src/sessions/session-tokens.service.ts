import { Injectable } from '@nestjs/common';
import { ClientStates, type ClientSession } from '@latchkey/clients';
import type { RequestContext } from '@latchkey/contracts';
import { Clock, randomText } from '@latchkey/core';
import { ClientsService } from '../clients/clients.service.js';
import { IdentityDb } from '../db.js';
import type { Session } from '../generated/prisma/client.js';
import { InstancesService } from '../instances/instances.service.js';
import { SigningKeysService, tokenCategory } from '../instances/signing-keys.service.js';
import { JwtTemplatesService } from '../jwt-templates/jwt-templates.service.js';
import { fillIn } from '../jwt-templates/shortcodes.js';
import { ClaimValuesService } from './claim-values.service.js';
import { MemberClaimsService } from './member-claims.service.js';
import { SessionActivityService } from './session-activity.service.js';
import { sessionClaims, type TokenSubject } from './session-claims.js';
import { organizationNotFoundOrUnauthorized } from './sessions.errors.js';
import { absence } from './sessions.queries.js';

/** What may differ from one token of a session to the next. */
export interface MintOptions {
  /** The organization the token is for, when not the session's active one; null for the personal account. */
  organizationId?: string | null;
  /** The caller has named the organization: a token without it would not be what was asked for. */
  isOrganizationAsked?: boolean;
  /** Seconds, when not the instance's. */
  lifetime?: number;
  /** Milliseconds: the last change of the client, which the token must not seem older than (`__client_uat`). */
  notBefore?: number;
}

/**
 * Session tokens: short-lived proofs, verified everywhere with the instance's public key alone. To make one asks no
 * database: client, organization and user come from shared state, settings and key from memory.
 */
@Injectable()
export class SessionTokensService {
  constructor(
    private readonly db: IdentityDb,
    private readonly clients: ClientsService,
    private readonly states: ClientStates,
    private readonly instances: InstancesService,
    private readonly signingKeys: SigningKeysService,
    private readonly members: MemberClaimsService,
    private readonly values: ClaimValuesService,
    private readonly templates: JwtTemplatesService,
    private readonly activity: SessionActivityService,
    private readonly clock: Clock,
  ) {}

  /**
   * A token for a session of the calling client.
   *
   * @param organization id or slug of the one it is for, null or empty for the personal account; left out, the active one
   * @throws `authentication_invalid` (401) when it has ended; `resource_not_found` (404) when it is none; `organization_not_found_or_unauthorized` (404)
   */
  async create(ctx: RequestContext, id: string, organization: string | null | undefined): Promise<string> {
    const { session, updatedAt } = await this.requireOwn(ctx, id);
    this.activity.seen(ctx, session);
    const subject = subjectOf(session);
    const organizationId = await this.organizationFor(ctx, session, organization);
    return this.mint(ctx, subject, {
      organizationId,
      isOrganizationAsked: Boolean(organization),
      notBefore: updatedAt,
    });
  }

  /**
   * A token of a JWT template for a session of the calling client.
   *
   * @throws `authentication_invalid` (401) when the session has ended; `resource_not_found` (404) when it is none, or there is no
   * such template
   */
  async createFromTemplate(ctx: RequestContext, id: string, template: string): Promise<string> {
    const { session } = await this.requireOwn(ctx, id);
    this.activity.seen(ctx, session);
    return this.mintFromTemplate(ctx, subjectOf(session), template);
  }

  /** A living session of the calling client, as shared state knows it. @throws `authentication_invalid` (401), `resource_not_found` (404) */
  async requireOwn(ctx: RequestContext, id: string): Promise<{ session: ClientSession; updatedAt: number }> {
    const { clientId } = ctx;
    const state = clientId ? await this.states.get(ctx, clientId, () => this.clients.state(ctx, clientId)) : null;
    const now = this.clock.now().getTime();
    const session = state?.sessions.find((one) => one.id === id && one.expireAt > now && one.abandonAt > now);
    if (!state || !session) throw await absence(this.db, ctx, id);
    return { session, updatedAt: state.updatedAt };
  }

  /** Signs a token for a session. */
  async mint(ctx: RequestContext, subject: TokenSubject, options: MintOptions = {}): Promise<string> {
    const { organizationId = subject.organizationId, notBefore = 0 } = options;
    const [instance, member] = await Promise.all([
      this.instances.require(ctx.instanceId),
      this.members.find(ctx, organizationId, subject.userId),
    ]);
    if (options.isOrganizationAsked && !member) throw organizationNotFoundOrUnauthorized();
    const { sessions: settings } = instance.settings;
    // The clocks of two replicas differ a little: a token must not be older than the change that its client has seen.
    const issuedAt = Math.floor(Math.max(this.clock.now().getTime(), notBefore) / 1000);
    const hasOwnClaims = Object.keys(settings.claims).length > 0;
    const claims = sessionClaims(subject, {
      // Also behind a proxy: the SDKs compare it with the text inside the publishable key.
      issuer: `https://${instance.frontendApi}`,
      origin: ctx.origin,
      jti: randomText(20),
      issuedAt,
      lifetime: options.lifetime ?? settings.token_lifetime,
      apiVersion: ctx.apiVersion,
      member,
      custom: hasOwnClaims ? fillIn(settings.claims, await this.values.of(ctx.instanceId, subject, member)) : {},
    });
    return this.signingKeys.sign(ctx.instanceId, claims, { cat: tokenCategory.session, oiat: issuedAt });
  }

  /** Signs a token of a JWT template for a session. @throws `resource_not_found` (404) when there is no such template */
  async mintFromTemplate(
    ctx: RequestContext,
    subject: TokenSubject,
    template: string,
    lifetime?: number,
  ): Promise<string> {
    const member = await this.members.find(ctx, subject.organizationId, subject.userId);
    const values = await this.values.of(ctx.instanceId, subject, member);
    return this.templates.mint(ctx, template, { userId: subject.userId, values, origin: ctx.origin, lifetime });
  }

  /** The organization that a token is for: the active one unless another is asked for, which the user must belong to. */
  private async organizationFor(
    ctx: RequestContext,
    session: ClientSession,
    asked: string | null | undefined,
  ): Promise<string | null> {
    if (asked === undefined || asked === session.organizationId) return session.organizationId;
    const { organizations } = await this.instances.settings(ctx.instanceId);
    if (!asked)
      return organizations.enabled && organizations.force_organization_selection ? session.organizationId : null;
    return (await this.members.require(ctx, asked, session.userId)).organization.id;
  }
}

/** A session, as its row or as shared state has it, as the subject of a token. */
export function subjectOf(session: Session | ClientSession): TokenSubject {
  return {
    id: session.id,
    userId: session.userId,
    status: session.status,
    organizationId: 'organizationId' in session ? session.organizationId : session.lastActiveOrganizationId,
    actor: session.actor,
    firstFactorAt: milliseconds(session.firstFactorAt),
    secondFactorAt: milliseconds(session.secondFactorAt),
    reverificationId: session.reverificationId,
  };
}

const milliseconds = (at: Date | number | null) => (at instanceof Date ? at.getTime() : at);
