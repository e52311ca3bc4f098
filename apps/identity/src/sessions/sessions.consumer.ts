import type { RequestContext } from '@latchkey/contracts';
import { Consumer, On, type EventOf } from '@latchkey/events';
import type { Tx } from '../db.js';
import { OrganizationDeparturesService } from './organization-departures.service.js';
import { SessionsService } from './sessions.service.js';

/** Takes an organization out of the sessions of whoever no longer belongs to it. Tokens leave it out at once by themselves. */
@Consumer('identity.sessions')
export class SessionsConsumer {
  constructor(
    private readonly sessions: SessionsService,
    private readonly departures: OrganizationDeparturesService,
  ) {}

  @On('organizationMembership.deleted')
  async memberLeft(event: EventOf<'organizationMembership.deleted'>, tx: Tx): Promise<void> {
    const { organization, public_user_data: user } = event.data as unknown as Membership;
    if (user) await this.sessions.leave(tx, causeOf(event), organization.id, user.user_id);
  }

  @On('organization.deleted')
  async organizationDeleted(event: EventOf<'organization.deleted'>, tx: Tx): Promise<void> {
    const { id } = event.data as { id?: string };
    if (id) await this.departures.leave(tx, event.instanceid, id);
  }
}

interface Membership {
  organization: { id: string };
  public_user_data?: { user_id: string };
}

const causeOf = (event: { instanceid: string }): Pick<RequestContext, 'instanceId'> => ({
  instanceId: event.instanceid,
});
