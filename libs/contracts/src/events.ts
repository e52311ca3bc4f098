import type { WebhookEvent } from '@clerk/backend';
import type { ServiceName } from './operations/index.js';

/** The services that own data and so make events. */
export type EventSource = Exclude<ServiceName, 'gateway'>;

const ofService = <T extends string>(owner: EventSource, ...types: T[]) =>
  Object.fromEntries(types.map((type) => [type, owner])) as Record<T, EventSource>;

/** Every public event type, as the webhooks contract names it, with the service that makes it. */
export const publicEventTypes = {
  ...ofService('identity', 'user.created', 'user.updated', 'user.deleted'),
  ...ofService('identity', 'session.created', 'session.pending', 'session.ended', 'session.removed', 'session.revoked'),
  ...ofService('identity', 'email.created', 'sms.created', 'waitlistEntry.created', 'waitlistEntry.updated'),
  ...ofService('organizations', 'organization.created', 'organization.updated', 'organization.deleted'),
  ...ofService('organizations', 'organizationMembership.created', 'organizationMembership.updated'),
  ...ofService('organizations', 'organizationMembership.deleted', 'organizationInvitation.created'),
  ...ofService('organizations', 'organizationInvitation.accepted', 'organizationInvitation.revoked'),
  ...ofService(
    'organizations',
    'organizationDomain.created',
    'organizationDomain.updated',
    'organizationDomain.deleted',
  ),
  ...ofService('organizations', 'role.created', 'role.updated', 'role.deleted'),
  ...ofService('organizations', 'permission.created', 'permission.updated', 'permission.deleted'),
  ...ofService(
    'billing',
    'subscription.created',
    'subscription.updated',
    'subscription.active',
    'subscription.pastDue',
  ),
  ...ofService('billing', 'subscriptionItem.abandoned', 'subscriptionItem.active', 'subscriptionItem.canceled'),
  ...ofService('billing', 'subscriptionItem.ended', 'subscriptionItem.freeTrialEnding', 'subscriptionItem.incomplete'),
  ...ofService('billing', 'subscriptionItem.pastDue', 'subscriptionItem.upcoming', 'subscriptionItem.updated'),
  ...ofService('billing', 'paymentAttempt.created', 'paymentAttempt.updated'),
};

/** Events that only the services see. */
export const internalEventTypes = {
  ...ofService('identity', 'latchkey.instance.updated', 'latchkey.users.active'),
};

/** Every event type there is, with the service that makes it. */
export const eventTypes = { ...publicEventTypes, ...internalEventTypes };

/** An event type that subscribers of webhooks may see. */
export type PublicEventType = keyof typeof publicEventTypes;

/** Any event type. */
export type EventType = keyof typeof eventTypes;

type DataIn<E, T> = E extends { type: infer Types; data: infer Data } ? (T extends Types ? Data : never) : never;

/** The `data` of events that only the services see. */
interface InternalEventData {
  'latchkey.instance.updated': {
    id: string;
    /** Enrollment modes of domains that this change has let do something; an older version does not tell. */
    enrollment_modes_begun?: string[];
  };
  /** Users of an instance and when they were active, in milliseconds: once in an hour for each. */
  'latchkey.users.active': { users: { id: string; last_active_at: number }[] };
}

/** The `data` of an event: the SDK's own type where it has one. */
export type EventData<T extends EventType> = T extends keyof InternalEventData
  ? InternalEventData[T]
  : [DataIn<WebhookEvent, T>] extends [never]
    ? object
    : DataIn<WebhookEvent, T>;

/** An event on its way between services: CloudEvents 1.0 in structured JSON, with extension attributes of ours. */
export interface LatchkeyEvent<T extends EventType = EventType> {
  specversion: '1.0';
  /** Unique; what a consumer remembers to do its work once. */
  id: string;
  /** The service that made it, as a path: `/identity`. */
  source: string;
  type: T;
  /** The aggregate (a user's, an organization's, a payer's id) within which events stay in order. */
  subject: string;
  /** When it happened, RFC 3339. */
  time: string;
  datacontenttype: 'application/json';
  data: EventData<T>;
  instanceid: string;
  /** Of the request that caused it; empty for causes in the background. */
  clientip: string;
  useragent: string;
  /** W3C trace context of the request that caused it. */
  traceparent?: string;
  /** The one consumer that this copy is for: it could not handle the event before, and somebody has replayed it. */
  replayfor?: string;
}

/** The topic of a service's events. */
export const topicOf = (service: EventSource): string => `latchkey.${service}.v1`;

/** Where the events that a service could not consume from `topic` are parked. */
export const deadLetterTopicOf = (topic: string, consumer: EventSource): string => `${topic}.${consumer}.dead`;
