import type { OnModuleInit } from '@nestjs/common';
import type { DeletedObjectJSON } from '@clerk/backend';
import { transaction } from '@latchkey/db';
import { Consumer, On, type EventOf } from '@latchkey/events';
import { OrganizationsDb, type Tx } from '../db.js';
import { InstanceTasksService, type Task } from '../instance-tasks/instance-tasks.service.js';
import { OrganizationsLookup } from '../organizations/organizations.lookup.js';
import { RolesLookup } from '../roles/roles.lookup.js';
import type { FullMembership } from './memberships.serializer.js';
import { MembershipsWriter } from './memberships.writer.js';

/** Takes users who no longer exist out of their organizations. */
@Consumer('organizations.memberships')
export class MembershipsConsumer implements OnModuleInit {
  constructor(
    private readonly db: OrganizationsDb,
    private readonly writer: MembershipsWriter,
    private readonly organizations: OrganizationsLookup,
    private readonly roles: RolesLookup,
    private readonly tasks: InstanceTasksService,
  ) {}

  onModuleInit(): void {
    this.tasks.handle('remove_user', (task) => this.remove(task));
  }

  @On('user.deleted')
  async userDeleted(event: EventOf<'user.deleted'>, tx: Tx): Promise<void> {
    const userId = (event.data as DeletedObjectJSON).id!;
    await this.tasks.add(tx, { instanceId: event.instanceid }, 'remove_user', userId);
  }

  /**
   * The last one who could manage the members leaves all the same, for nobody is there to refuse: the organization stays,
   * and shows `missing_member_with_elevated_permissions` until an administrator gives somebody the role.
   */
  private async remove({ instance, subjectId: userId }: Task): Promise<void> {
    const { id: instanceId, fapiUrl } = instance;
    const profile = await this.db.userProfile.findFirst({ where: { instanceId, userId } });
    const user = (profile?.publicUserData ?? undefined) as FullMembership['user'];
    const memberships = await this.db.membership.findMany({ where: { instanceId, userId } });
    // One transaction for each: a user of a thousand organizations must not hold a thousand locks.
    for (const { id, organizationId } of memberships) {
      await transaction(this.db, async (tx) => {
        if (!(await this.organizations.tryLock(tx, { instanceId }, organizationId))) return;
        const row = await tx.membership.findFirst({ where: { instanceId, id } });
        if (!row) return;
        const role = await this.roles.viewIn(tx, instanceId, row.roleId);
        await this.writer.remove(tx, { instanceId, fapiUrl }, row, role, user, { mayBeLast: true });
      });
    }
    await transaction(this.db, async (tx) => {
      await tx.membershipRequest.deleteMany({ where: { instanceId, userId } });
      await tx.suggestion.deleteMany({ where: { instanceId, userId } });
      await tx.domainCodeLimit.deleteMany({ where: { instanceId, userId } });
      await tx.userProfile.deleteMany({ where: { instanceId, userId } });
    });
  }
}
