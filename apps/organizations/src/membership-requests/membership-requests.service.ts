import { Injectable } from '@nestjs/common';
import type { OrganizationMembershipRequestJSON } from '@clerk/shared/types';
import type { Page, RequestContext } from '@latchkey/contracts';
import { notFound } from '@latchkey/core';
import { transaction } from '@latchkey/db';
import { slice, toPage } from '@latchkey/http';
import { OrganizationsDb, type Tx } from '../db.js';
import { DirectoryService } from '../directory/directory.service.js';
import type { MembershipRequest } from '../generated/prisma/client.js';
import { MembershipsService } from '../memberships/memberships.service.js';
import { MembershipsWriter, takenMembership } from '../memberships/memberships.writer.js';
import { OrganizationsLookup } from '../organizations/organizations.lookup.js';
import { RolesLookup } from '../roles/roles.lookup.js';
import type { ListMembershipRequests } from './membership-requests.schemas.js';
import { toMembershipRequestJSON } from './membership-requests.serializer.js';

/** Users who ask to join, and what becomes of them. */
@Injectable()
export class MembershipRequestsService {
  constructor(
    private readonly db: OrganizationsDb,
    private readonly organizations: OrganizationsLookup,
    private readonly roles: RolesLookup,
    private readonly directory: DirectoryService,
    private readonly memberships: MembershipsService,
    private readonly writer: MembershipsWriter,
  ) {}

  /** Newest first. */
  async list(
    ctx: RequestContext,
    organizationId: string,
    query: ListMembershipRequests,
  ): Promise<Page<OrganizationMembershipRequestJSON>> {
    const where = {
      instanceId: ctx.instanceId,
      organizationId,
      ...(query.status && { status: { in: query.status } }),
    };
    const [rows, total] = await Promise.all([
      this.db.membershipRequest.findMany({ where, orderBy: [{ createdAt: 'desc' }, { id: 'desc' }], ...slice(query) }),
      this.db.membershipRequest.count({ where }),
    ]);
    const users = await this.directory.users(
      ctx,
      rows.map((row) => row.userId),
    );
    // A user who was just deleted leaves requests behind until the event comes; nobody can decide on them.
    const shown = rows.filter((row) => users.has(row.userId));
    return toPage({ rows: shown, total }, (row) =>
      toMembershipRequestJSON(row, users.get(row.userId)?.public_user_data),
    );
  }

  /** Makes the user a member, with the role of newcomers. @throws `resource_not_found` (404), and what joining throws */
  async accept(ctx: RequestContext, organizationId: string, id: string): Promise<OrganizationMembershipRequestJSON> {
    const organization = await this.organizations.require(ctx, organizationId);
    const [known, role, cause] = await Promise.all([
      this.require(ctx, organization.id, id),
      this.roles.ofNewcomers(organization),
      this.memberships.writeContext(ctx),
    ]);
    const user = await this.directory.requireUser(ctx, known.userId);
    const write = async (tx: Tx) => {
      await this.organizations.lock(tx, ctx, organization.id);
      const row = await this.decide(tx, ctx, id, 'accepted');
      await this.writer.add(tx, cause, { organizationId: organization.id, user, role });
      return toMembershipRequestJSON(row, user.public_user_data);
    };
    return transaction(this.db, write, { taken: takenMembership });
  }

  /** @throws `resource_not_found` (404) */
  async reject(ctx: RequestContext, organizationId: string, id: string): Promise<OrganizationMembershipRequestJSON> {
    const { userId } = await this.require(ctx, organizationId, id);
    const user = await this.directory.findUser(ctx, userId);
    const row = await transaction(this.db, (tx) => this.decide(tx, ctx, id, 'revoked'));
    return toMembershipRequestJSON(row, user?.public_user_data);
  }

  /** Of two decisions at once, this UPDATE lets one through. */
  private async decide(tx: Tx, ctx: RequestContext, id: string, status: 'accepted' | 'revoked') {
    const [row] = await tx.membershipRequest.updateManyAndReturn({
      where: { id, instanceId: ctx.instanceId, status: 'pending' },
      data: { status, pendingUser: null },
    });
    if (!row) throw notFound('organization membership request', id);
    return row;
  }

  private async require(
    { instanceId }: RequestContext,
    organizationId: string,
    id: string,
  ): Promise<MembershipRequest> {
    const row = await this.db.membershipRequest.findFirst({
      where: { id, instanceId, organizationId, status: 'pending' },
    });
    if (!row) throw notFound('organization membership request', id);
    return row;
  }
}
