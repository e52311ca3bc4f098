import { Injectable } from '@nestjs/common';
import { MemberClaimsCache, OrganizationsClient, type MemberClaims } from '@latchkey/clients';
import type { RequestContext } from '@latchkey/contracts';
import { InstancesService } from '../instances/instances.service.js';
import { organizationNotFoundOrUnauthorized } from './sessions.errors.js';

/** What `organizations` says about a user as a member, for the tokens of their sessions. */
@Injectable()
export class MemberClaimsService {
  constructor(
    private readonly instances: InstancesService,
    private readonly organizations: OrganizationsClient,
    private readonly cache: MemberClaimsCache,
  ) {}

  /** Null when the user is no member (any more), and where there are no organizations. */
  async find(ctx: RequestContext, organizationId: string | null, userId: string): Promise<MemberClaims | null> {
    if (!organizationId || !(await this.instances.settings(ctx.instanceId)).organizations.enabled) return null;
    return this.cache.get(ctx, organizationId, userId, () =>
      this.organizations.memberClaims(ctx, organizationId, userId),
    );
  }

  /**
   * Asks the owner, not the cache: it is what a session becomes active with.
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
