import { publicEventTypes, type PublicEventType } from '@latchkey/contracts';
import { exampleData } from './event-types.examples.js';

/** What each built-in type tells. */
const DESCRIPTIONS: Record<PublicEventType, string> = {
  'user.created': 'A user was created',
  'user.updated': 'Something about a user has changed',
  'user.deleted': 'A user was deleted',
  'session.created': 'Somebody has signed in',
  'session.pending': 'A session waits for its user to finish a task',
  'session.ended': 'Somebody has signed out',
  'session.removed': 'A session was taken off a client',
  'session.revoked': 'A session was ended from elsewhere',
  'email.created': 'A mail was written',
  'sms.created': 'A text message was written',
  'waitlistEntry.created': 'Somebody has joined the waitlist',
  'waitlistEntry.updated': 'The state of a waitlist entry has changed',
  'organization.created': 'An organization was created',
  'organization.updated': 'Something about an organization has changed',
  'organization.deleted': 'An organization was deleted',
  'organizationMembership.created': 'A user has become a member of an organization',
  'organizationMembership.updated': "A member's role or metadata has changed",
  'organizationMembership.deleted': 'A user is no longer a member of an organization',
  'organizationInvitation.created': 'Somebody was invited to an organization',
  'organizationInvitation.accepted': 'An invitation to an organization was accepted',
  'organizationInvitation.revoked': 'An invitation to an organization was withdrawn',
  'organizationDomain.created': 'A domain was added to an organization',
  'organizationDomain.updated': "An organization's domain was verified or changed",
  'organizationDomain.deleted': 'A domain was removed from an organization',
  'role.created': 'A role was created',
  'role.updated': 'A role has changed',
  'role.deleted': 'A role was deleted',
  'permission.created': 'A permission was created',
  'permission.updated': 'A permission has changed',
  'permission.deleted': 'A permission was deleted',
  'subscription.created': 'A subscription was created',
  'subscription.updated': 'Something about a subscription has changed',
  'subscription.active': 'A subscription has become active',
  'subscription.pastDue': 'A payment of a subscription is late',
  'subscriptionItem.abandoned': 'A planned subscription item was given up for another',
  'subscriptionItem.active': 'A subscription item has become active',
  'subscriptionItem.canceled': 'A subscription item ends with its period',
  'subscriptionItem.ended': 'A subscription item has ended',
  'subscriptionItem.freeTrialEnding': 'A free trial is about to end',
  'subscriptionItem.incomplete': 'A subscription item waits for its first payment',
  'subscriptionItem.pastDue': 'The renewal of a subscription item was not paid',
  'subscriptionItem.upcoming': 'A subscription item follows after the current period',
  'subscriptionItem.updated': 'Something about a subscription item has changed',
  'paymentAttempt.created': 'A payment was begun',
  'paymentAttempt.updated': 'A payment has succeeded or failed',
};

/** An event type as instances see it, whether built in or their own. */
export interface EventTypeView {
  name: string;
  description: string;
  groupName: string | null;
  schemas: unknown;
  featureFlags: string[];
  isArchived: boolean;
  isDeprecated: boolean;
  createdAt: Date;
  updatedAt: Date;
}

/** When the built-in types came into being: with the version of the contract that names them. */
const SINCE = new Date('2025-04-15T00:00:00Z');

/** The body of a made-up event of this type, as subscribers get it. */
export const exampleOf = (type: PublicEventType, instanceId: string, at: Date) => ({
  data: exampleData[type],
  object: 'event',
  type,
  timestamp: at.getTime(),
  instance_id: instanceId,
  event_attributes: { http_request: { client_ip: '203.0.113.7', user_agent: 'Mozilla/5.0' } },
});

/** Whether a type is one of the contract's. */
export const isBuiltIn = (name: string): name is PublicEventType => Object.hasOwn(publicEventTypes, name);

/** The contract's event types, by name. */
export const builtInTypes: ReadonlyMap<string, EventTypeView> = new Map(
  (Object.keys(publicEventTypes) as PublicEventType[]).map((name) => [
    name,
    {
      name,
      description: DESCRIPTIONS[name],
      groupName: name.slice(0, name.lastIndexOf('.')),
      schemas: { 1: { title: name, type: 'object', examples: [exampleOf(name, 'ins_example', SINCE)] } },
      featureFlags: [],
      isArchived: false,
      isDeprecated: false,
      createdAt: SINCE,
      updatedAt: SINCE,
    },
  ]),
);

/** The example that an instance has put into the newest version of a type's schema; undefined when there is none. */
export function exampleIn(schemas: unknown, index: number): unknown {
  const versions = Object.entries(
    (schemas ?? {}) as Record<string, { examples?: unknown[]; example?: unknown } | null>,
  );
  const [, newest] = versions.sort(([a], [b]) => Number(b) - Number(a))[0] ?? [];
  return newest?.examples?.[index] ?? newest?.examples?.[0] ?? newest?.example;
}
