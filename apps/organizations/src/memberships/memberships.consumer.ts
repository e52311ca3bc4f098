import type { DeletedObjectJSON } from '@clerk/backend';
import { Consumer, On, type EventOf } from '@latchkey/events';
import { systemContext } from '@latchkey/clients';
import type { Tx } from '../db.js';
import { DirectoryService } from '../directory/directory.service.js';
import { OrganizationsLookup } from '../organizations/organizations.lookup.js';
import { RolesLookup } from '../roles/roles.lookup.js';
import type { FullMembership } from './memberships.serializer.js';
import { MembershipsWriter } from './memberships.writer.js';

/** Takes users who no longer exist out of their organizations. */
@Consumer('organizations.memberships')
export class MembershipsConsumer {
  constructor(
    private readonly writer: MembershipsWriter,
    private readonly organizations: OrganizationsLookup,
    private readonly roles: RolesLookup,
    private readonly directory: DirectoryService,
  ) {}

  /**
   * The last one who could manage the members leaves all the same, for nobody is there to refuse: the organization stays,
   * and shows `missing_member_with_elevated_permissions` until an administrator gives somebody the role.
   */
  @On('user.deleted')
  async userDeleted(event: EventOf<'user.deleted'>, tx: Tx): Promise<void> {
    const instanceId = event.instanceid;
    const userId = (event.data as DeletedObjectJSON).id!;
    const { fapiUrl } = await this.directory.instance(systemContext(event.id, instanceId));
    const profile = await tx.userProfile.findFirst({ where: { instanceId, userId } });
    const user = (profile?.publicUserData ?? undefined) as FullMembership['user'];
    // Always in the same order, so that two such events never wait for each other.
    const rows = await tx.membership.findMany({ where: { instanceId, userId }, orderBy: { organizationId: 'asc' } });
    for (const { id, organizationId, roleId } of rows) {
      await this.organizations.lock(tx, { instanceId }, organizationId);
      const row = await tx.membership.findFirst({ where: { instanceId, id } });
      if (!row) continue;
      const role = await this.roles.view(instanceId, roleId);
      await this.writer.remove(tx, { instanceId, fapiUrl }, row, role, user, { mayBeLast: true });
    }
    await tx.membershipRequest.deleteMany({ where: { instanceId, userId } });
    await tx.suggestion.deleteMany({ where: { instanceId, userId } });
    await tx.userProfile.deleteMany({ where: { instanceId, userId } });
  }
}
