import type { DeletedObjectJSON } from '@clerk/backend';
import { UserSummaries } from '@latchkey/clients';
import { afterCommit } from '@latchkey/db';
import { Consumer, On, type EventOf } from '@latchkey/events';
import type { Tx } from '../db.js';
import { profileOfEvent, UserProfilesService } from './user-profiles.service.js';

/** Keeps profiles in step with identity's users. */
@Consumer('organizations.user-profiles')
export class UserProfilesConsumer {
  constructor(
    private readonly profiles: UserProfilesService,
    private readonly summaries: UserSummaries,
  ) {}

  @On('user.created', 'user.updated')
  async userChanged(event: EventOf<'user.created' | 'user.updated'>, tx: Tx): Promise<void> {
    const user = event.data;
    await this.profiles.save(tx, { instanceId: event.instanceid }, profileOfEvent(user));
    // Identity has cleared it; should that have been lost, it is cleared here.
    afterCommit(tx, () => this.summaries.changed(event.instanceid, user.id));
  }

  @On('latchkey.users.active')
  async usersActive(event: EventOf<'latchkey.users.active'>, tx: Tx): Promise<void> {
    await this.profiles.seen(tx, { instanceId: event.instanceid }, event.data.users);
  }

  @On('user.deleted')
  async userDeleted(event: EventOf<'user.deleted'>, tx: Tx): Promise<void> {
    const { id } = event.data as DeletedObjectJSON;
    afterCommit(tx, () => this.summaries.changed(event.instanceid, id!));
  }
}
