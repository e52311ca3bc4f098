import { eventTypes } from '@latchkey/contracts';
import { idPrefixes } from '@latchkey/core';

/** Consumers and subscribers match on these: adding one is a line here, changing or removing one breaks somebody. */
const EVENT_TYPES = [
  'email.created identity',
  'latchkey.instance.updated identity',
  'organization.created organizations',
  'organization.deleted organizations',
  'organization.updated organizations',
  'organizationDomain.created organizations',
  'organizationDomain.deleted organizations',
  'organizationDomain.updated organizations',
  'organizationInvitation.accepted organizations',
  'organizationInvitation.created organizations',
  'organizationInvitation.revoked organizations',
  'organizationMembership.created organizations',
  'organizationMembership.deleted organizations',
  'organizationMembership.updated organizations',
  'paymentAttempt.created billing',
  'paymentAttempt.updated billing',
  'permission.created organizations',
  'permission.deleted organizations',
  'permission.updated organizations',
  'role.created organizations',
  'role.deleted organizations',
  'role.updated organizations',
  'session.created identity',
  'session.ended identity',
  'session.pending identity',
  'session.removed identity',
  'session.revoked identity',
  'sms.created identity',
  'subscription.active billing',
  'subscription.created billing',
  'subscription.pastDue billing',
  'subscription.updated billing',
  'subscriptionItem.abandoned billing',
  'subscriptionItem.active billing',
  'subscriptionItem.canceled billing',
  'subscriptionItem.ended billing',
  'subscriptionItem.freeTrialEnding billing',
  'subscriptionItem.incomplete billing',
  'subscriptionItem.pastDue billing',
  'subscriptionItem.upcoming billing',
  'subscriptionItem.updated billing',
  'user.created identity',
  'user.deleted identity',
  'user.updated identity',
  'waitlistEntry.created identity',
  'waitlistEntry.updated identity',
];

/** They are in databases and in the code of apps. */
const ID_PREFIXES = [
  'actorToken act',
  'allowlistIdentifier alid',
  'application app',
  'attempt atmpt',
  'backgroundTask qtask',
  'blocklistIdentifier blid',
  'client client',
  'devBrowser dvb',
  'domain dmn',
  'email ema',
  'emailAddress idn',
  'endpoint ep',
  'endpointSecret epsec',
  'event evt',
  'externalAccount eac',
  'image img',
  'instance ins',
  'invitation inv',
  'jwtTemplate jtmp',
  'message msg',
  'organization org',
  'organizationDomain orgdmn',
  'organizationInvitation orginv',
  'organizationMembership orgmem',
  'organizationMembershipRequest orgmemreq',
  'organizationSuggestion orgsug',
  'passkey passkey',
  'permission perm',
  'phoneNumber idn',
  'portalToken apptok',
  'redirectUrl ru',
  'request req',
  'reverification srv',
  'role role',
  'roleSet role_set',
  'secretKey sk',
  'session sess',
  'sessionActivity sess_activity',
  'signIn sia',
  'signInToken sit',
  'signUp sua',
  'signingKey key',
  'sms sms',
  'template tmpl',
  'testingToken testing_token',
  'user user',
  'verification ver',
  'waitlistEntry wle',
];

const listed = (names: Record<string, string>) =>
  Object.entries(names)
    .map(([name, value]) => `${name} ${value}`)
    .sort();

describe('frozen names', () => {
  it('keeps every event type with the service that makes it', () => {
    expect(listed(eventTypes)).toEqual(EVENT_TYPES);
  });

  it('keeps the prefix of every kind of id', () => {
    expect(listed(idPrefixes)).toEqual(ID_PREFIXES);
  });
});
