import { ApiError } from '@latchkey/core';
import type { JsonObject, RequestContext } from '@latchkey/contracts';
import { ServiceClient, type SignsContext } from '../service-client.js';
import type { ServiceTransport } from '../service-transport.js';

/** What a session's token may say about an organization and its member. */
export interface MemberClaims {
  organization: { id: string; slug: string; name: string; image_url: string; public_metadata: JsonObject };
  /** The role's key, with `org:`. */
  role: string;
  /** The keys of the role's permissions, with `org:`, system permissions included. */
  permissions: string[];
  membership: { public_metadata: JsonObject };
}

/** What the other services ask `organizations`. */
export class OrganizationsClient extends ServiceClient {
  constructor(transport: ServiceTransport, signer: SignsContext) {
    super('organizations', transport, signer);
  }

  /**
   * What a member's token says; null when the user is no member, or there is no such organization.
   *
   * @param organization id or slug
   */
  async memberClaims(ctx: RequestContext, organization: string, userId: string): Promise<MemberClaims | null> {
    const path = `/organizations/${encodeURIComponent(organization)}/members/${encodeURIComponent(userId)}/claims`;
    try {
      return await this.get<MemberClaims | null>(ctx, path);
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return null;
      throw error;
    }
  }
}
