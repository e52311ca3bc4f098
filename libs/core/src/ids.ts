import { randomBytesOf } from './random.js';

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

/** KSUID counts seconds from 2014-05-13T16:53:20Z. */
const EPOCH_SECONDS = 1_400_000_000;
const RANDOM_BYTES = 16;

/**
 * Makes an id: the prefix of its kind and a KSUID (27 characters of base62, sortable by the second it was made in).
 *
 * @param kind what the id names
 * @param at the moment that the id carries; the machine's time when left out
 */
export function newId(kind: IdKind, at?: Date): string {
  const words = [Math.floor((at?.getTime() ?? Date.now()) / 1000) - EPOCH_SECONDS];
  const random = randomBytesOf(RANDOM_BYTES);
  for (let i = 0; i < RANDOM_BYTES; i += 4) words.push(random.readUInt32BE(i));
  return `${idPrefixes[kind]}_${base62(words)}`;
}

/** The digits of base62, in the order of their codes. */
export const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** All numbers of two digits. */
const PAIRS = Array.from({ length: 62 ** 2 }, (_, n) => BASE62[Math.floor(n / 62)]! + BASE62[n % 62]!);
const THREE_DIGITS = 62 ** 3;

/** Five words of 32 bits as 27 digits, by long division; three digits at a time, for no step may pass 2^53. */
function base62(words: number[]): string {
  let text = '';
  for (let digits = 0; digits < 27; digits += 3) {
    let rest = 0;
    for (let i = 0; i < words.length; i++) {
      const value = rest * 0x1_0000_0000 + words[i]!;
      words[i] = Math.floor(value / THREE_DIGITS);
      rest = value - words[i]! * THREE_DIGITS;
    }
    const pair = Math.floor(rest / 62);
    text = PAIRS[pair]! + BASE62[rest - pair * 62]! + text;
  }
  return text;
}
