import { Injectable } from '@nestjs/common';
import { OrganizationViews, type RoleView } from '@latchkey/clients';
import type { RequestContext } from '@latchkey/contracts';
import { afterCommit } from '@latchkey/db';
import { Outbox } from '@latchkey/events';
import type { Tx } from '../db.js';
import { DirectoryService } from '../directory/directory.service.js';
import type { Membership } from '../generated/prisma/client.js';
import { membershipUpdated } from '../memberships/memberships.events.js';
import type { FullMembership } from '../memberships/memberships.serializer.js';
import type { WriteContext } from '../memberships/memberships.writer.js';
import { fullOrganization } from '../organizations/organizations.serializer.js';
import { RolesLookup } from '../roles/roles.lookup.js';
import { tooManyToReassign } from './role-sets.errors.js';

/** More members than these cannot change roles in one transaction, each with its event, within the time that it has. */
const MOST_MEMBERS = 10_000;
const BATCH = 500;

/** Gives all who hold a role another one. */
@Injectable()
export class RoleReassignmentsService {
  constructor(
    private readonly directory: DirectoryService,
    private readonly roles: RolesLookup,
    private readonly views: OrganizationViews,
    private readonly outbox: Outbox,
  ) {}

  /** What a reassignment tells of its cause; ask before the transaction, for identity may have to be asked. */
  async cause(ctx: RequestContext): Promise<WriteContext> {
    const { fapiUrl } = await this.directory.instance(ctx);
    return { instanceId: ctx.instanceId, ipAddress: ctx.ipAddress, userAgent: ctx.userAgent, fapiUrl };
  }

  /**
   * Changes roles of the members and pending invitations of a set's organizations, and tells of each member.
   *
   * @param mappings ids of roles, from and to
   * @throws `organization_role_set_reassignment_contact_support` (422) for too many members at once
   */
  async run(tx: Tx, cause: WriteContext, roleSetId: string, mappings: Map<string, string>): Promise<void> {
    const { instanceId } = cause;
    for (const [from, to] of mappings) {
      const where = { instanceId, roleId: from, organization: { instanceId, roleSetId } };
      if ((await tx.membership.count({ where })) > MOST_MEMBERS) throw tooManyToReassign(MOST_MEMBERS);
      await tx.invitation.updateMany({ where: { ...where, status: 'pending' }, data: { roleId: to } });
      const moved = await tx.membership.updateManyAndReturn({ where, data: { roleId: to } });
      const role = await this.roles.viewIn(tx, instanceId, to);
      for (let done = 0; done < moved.length; done += BATCH)
        await this.tell(tx, cause, role, moved.slice(done, done + BATCH));
    }
  }

  private async tell(tx: Tx, cause: WriteContext, role: RoleView, rows: Membership[]): Promise<void> {
    const { instanceId, fapiUrl } = cause;
    const organizationIds = [...new Set(rows.map((row) => row.organizationId))];
    const organizations = await tx.organization.findMany({
      where: { instanceId, id: { in: organizationIds } },
      include: fullOrganization,
    });
    const userIds = rows.map((row) => row.userId);
    const profiles = await tx.userProfile.findMany({ where: { instanceId, userId: { in: userIds } } });
    const organizationOf = new Map(organizations.map((one) => [one.id, one]));
    const userOf = new Map(
      profiles.map((one) => [one.userId, one.publicUserData as unknown as FullMembership['user']]),
    );
    const events = rows.map((row) => {
      const organization = organizationOf.get(row.organizationId)!;
      return membershipUpdated(cause, { row, organization, role, user: userOf.get(row.userId), fapiUrl });
    });
    await this.outbox.add(tx, ...events);
    afterCommit(tx, () => this.views.membershipsChanged(instanceId, rows));
  }
}
