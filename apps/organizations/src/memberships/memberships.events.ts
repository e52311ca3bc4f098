import type { EventData } from '@latchkey/contracts';
import { event, type EventCause, type NewEvent } from '@latchkey/events';
import { toMembershipJSON, type FullMembership } from './memberships.serializer.js';

type MembershipEvent =
  'organizationMembership.created' | 'organizationMembership.updated' | 'organizationMembership.deleted';

const of =
  <T extends MembershipEvent>(type: T) =>
  (cause: EventCause, membership: FullMembership): NewEvent<T> =>
    event(cause, type, membership.organization.id, toMembershipJSON(membership) as unknown as EventData<T>);

export const membershipCreated = of('organizationMembership.created');
export const membershipUpdated = of('organizationMembership.updated');
/** The contract shows a deleted membership whole. */
export const membershipDeleted = of('organizationMembership.deleted');
