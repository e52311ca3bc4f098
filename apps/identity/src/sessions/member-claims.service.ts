import { Injectable } from '@nestjs/common';
import { OrganizationsClient, ServiceUnavailable, type MemberClaims } from '@latchkey/clients';
import type { RequestContext } from '@latchkey/contracts';
import { RawJson } from '@latchkey/core';
import { log } from '@latchkey/observability';
import type { User } from '../generated/prisma/client.js';
import { InstancesService } from '../instances/instances.service.js';
import { organizationNotFoundOrUnauthorized } from './sessions.errors.js';

const NONE = new RawJson('[]');

/** What `organizations` says about a user as a member, for the tokens of their sessions. */
@Injectable()
export class MemberClaimsService {
  constructor(
    private readonly instances: InstancesService,
    private readonly organizations: OrganizationsClient,
  ) {}

  /** Null when the user is no member (any more), and where there are no organizations. */
  async find(ctx: RequestContext, organizationId: string | null, userId: string): Promise<MemberClaims | null> {
    if (!organizationId || !(await this.instances.settings(ctx.instanceId)).organizations.enabled) return null;
    return this.organizations.memberClaims(ctx, organizationId, userId);
  }

  /**
   * All memberships of a user, for the user that FAPI shows. While organizations does not answer and shared state knows
   * nothing, the user is shown without any: signing in and out must go on.
   */
  async membershipsOf(ctx: RequestContext, userId: string): Promise<RawJson> {
    if (!(await this.instances.settings(ctx.instanceId)).organizations.enabled) return NONE;
    return this.organizations.membershipsOf(ctx, userId).catch((err: unknown) => {
      if (!(err instanceof ServiceUnavailable)) throw err;
      log.warn({ err, user_id: userId }, 'a user is shown without memberships');
      return NONE;
    });
  }

  /**
   * The organization that a server has put a user into since they last signed in: it is active in their next session. Null also
   * while organizations does not answer: the user can choose it.
   */
  async granted(ctx: RequestContext, user: Pick<User, 'id' | 'lastSignInAt'>): Promise<string | null> {
    if (!(await this.instances.settings(ctx.instanceId)).organizations.enabled) return null;
    return this.organizations.grantedSince(ctx, user.id, user.lastSignInAt?.getTime() ?? 0).catch((err: unknown) => {
      if (!(err instanceof ServiceUnavailable)) throw err;
      log.warn({ err, user_id: user.id }, 'a session begins without the organization of its user');
      return null;
    });
  }

  /**
   * As `find`, for what a session becomes active with.
   *
   * @param organization id or slug
   * @throws `organization_not_found_or_unauthorized` (404)
   */
  async require(ctx: RequestContext, organization: string, userId: string): Promise<MemberClaims> {
    const claims = await this.organizations.memberClaims(ctx, organization, userId);
    if (!claims) throw organizationNotFoundOrUnauthorized();
    return claims;
  }
}
