import ksuid from 'ksuid';

/** Every kind of object that has an id, with the prefix the contract gives it. */
export const idPrefixes = {
  actorToken: 'act',
  allowlistIdentifier: 'alid',
  application: 'app',
  blocklistIdentifier: 'blid',
  client: 'client',
  devBrowser: 'dvb',
  domain: 'dmn',
  email: 'ema',
  emailAddress: 'idn',
  event: 'evt',
  externalAccount: 'eac',
  image: 'img',
  instance: 'ins',
  invitation: 'inv',
  jwtTemplate: 'jtmp',
  message: 'msg',
  attempt: 'atmpt',
  backgroundTask: 'qtask',
  endpoint: 'ep',
  endpointSecret: 'epsec',
  organization: 'org',
  organizationDomain: 'orgdmn',
  organizationInvitation: 'orginv',
  organizationMembership: 'orgmem',
  organizationMembershipRequest: 'orgmemreq',
  organizationSuggestion: 'orgsug',
  passkey: 'passkey',
  permission: 'perm',
  phoneNumber: 'idn',
  portalToken: 'apptok',
  redirectUrl: 'ru',
  request: 'req',
  reverification: 'srv',
  role: 'role',
  roleSet: 'role_set',
  secretKey: 'sk',
  session: 'sess',
  sessionActivity: 'sess_activity',
  signIn: 'sia',
  signInToken: 'sit',
  signingKey: 'key',
  signUp: 'sua',
  sms: 'sms',
  template: 'tmpl',
  testingToken: 'testing_token',
  user: 'user',
  verification: 'ver',
  waitlistEntry: 'wle',
} as const;

/** Something that has an id: a key of `idPrefixes`. */
export type IdKind = keyof typeof idPrefixes;

/**
 * Makes an id: the prefix of its kind and a KSUID (27 characters of base62, sortable by the second it was made in).
 *
 * @param kind what the id names
 * @param at the moment that the id carries; the machine's time when left out
 */
export function newId(kind: IdKind, at?: Date): string {
  return `${idPrefixes[kind]}_${(at ? ksuid.randomSync(at) : ksuid.randomSync()).string}`;
}
