import type { MemberClaims } from '@latchkey/clients';
import type { ApiVersion, JsonObject } from '@latchkey/contracts';

const MINUTE_MS = 60_000;
/** Version 2 of the claims, from this API version on. */
const V2_SINCE: ApiVersion = '2025-04-10';
/** Tolerance for servers whose clocks run behind, in seconds. */
const NOT_BEFORE_S = 10;
const SYSTEM_PERMISSION = /^org:sys_/;
/** What the servers' SDKs read from a session's token, of both versions: missing or not, never the instance's own to set. */
const OWN_CLAIM = /^(?:act|azp|exp|fea|fva|iat|iss|jti|nbf|o|org_(?:id|permissions|role|slug)|pla|sid|sts|sub|v)$/;

/** What a session's token is made from. Times are milliseconds. */
export interface TokenSubject {
  id: string;
  userId: string;
  status: string;
  organizationId: string | null;
  actor: unknown;
  firstFactorAt: number | null;
  secondFactorAt: number | null;
  reverificationId: string | null;
}

/** What surrounds the session in its token. */
export interface TokenFrame {
  issuer: string;
  /** `Origin` of the request that asks for the token. */
  origin?: string;
  jti: string;
  /** Seconds. */
  issuedAt: number;
  lifetime: number;
  apiVersion: ApiVersion;
  /** The active organization, when there is one. */
  member: MemberClaims | null;
  /** The instance's own claims, filled in. */
  custom: JsonObject;
}

/** The claims of a session token (`compat/tokens-and-handshake.md` 7.1). The instance's own ones never replace them, nor stand in for one that is missing. */
export function sessionClaims(subject: TokenSubject, frame: TokenFrame): Record<string, unknown> {
  const now = frame.issuedAt * 1000;
  const isV2 = frame.apiVersion >= V2_SINCE;
  return {
    ...Object.fromEntries(Object.entries(frame.custom).filter(([claim]) => !OWN_CLAIM.test(claim))),
    ...azp(frame.origin),
    exp: frame.issuedAt + frame.lifetime,
    fva: [ageMinutes(subject.firstFactorAt, now), ageMinutes(subject.secondFactorAt, now)],
    iat: frame.issuedAt,
    iss: frame.issuer,
    nbf: frame.issuedAt - NOT_BEFORE_S,
    sid: subject.id,
    sub: subject.userId,
    ...(subject.actor ? { act: subject.actor } : {}),
    ...(isV2 ? { jti: frame.jti, sts: subject.status, v: 2 } : {}),
    ...(frame.member ? (isV2 ? organizationV2(frame.member) : organizationV1(frame.member)) : {}),
  };
}

/** `azp`, unless a browser keeps the origin to itself. */
export const azp = (origin: string | undefined) => (origin && origin !== 'null' ? { azp: origin } : {});

/** Whole minutes since a factor was proved, -1 when it never was (`fva`). */
export function ageMinutes(at: number | null, now: number): number {
  return at === null ? -1 : Math.max(0, Math.floor((now - at) / MINUTE_MS));
}

function organizationV2({ organization, role, permissions }: MemberClaims) {
  const { fea, per, fpm } = encodePermissions(permissions);
  return {
    ...(fea ? { fea } : {}),
    o: {
      id: organization.id,
      slg: organization.slug,
      rol: role.replace(/^org:/, ''),
      ...(per ? { per, fpm } : {}),
    },
  };
}

const organizationV1 = ({ organization, role, permissions }: MemberClaims) => ({
  org_id: organization.id,
  org_permissions: custom(permissions),
  org_role: role,
  org_slug: organization.slug,
});

/** The features that an organization or its user is entitled to. */
export interface Entitlements {
  organization: readonly string[];
  user: readonly string[];
}

/**
 * A member's permissions as the token packs them (`compat/tokens-and-handshake.md` 7.2): for each feature of the
 * organization a number, in which bit i stands for the i-th action of `per`. System permissions are left out.
 *
 * Features of the user alone come last: the SDKs for Go and Python count every entry of `fea`, the one for JavaScript
 * only those of the organization.
 *
 * @param permissions keys, `org:<feature>:<action>`
 */
export function encodePermissions(
  permissions: readonly string[],
  entitled: Entitlements = { organization: [], user: [] },
): { fea: string; per: string; fpm: string } {
  const granted = custom(permissions).map((key) => key.split(':'));
  const actions = sorted(granted.map(([, , action]) => action!));
  const ofOrganization = sorted([...entitled.organization, ...granted.map(([, feature]) => feature!)]);
  const ofUser = new Set(entitled.user);
  const masks = ofOrganization.map((feature) =>
    // Numbers of JavaScript would lose bits from the 54th action on.
    granted.reduce(
      (mask, [, of, action]) => (of === feature ? mask | (1n << BigInt(actions.indexOf(action!))) : mask),
      0n,
    ),
  );
  return {
    fea: [
      ...ofOrganization.map((feature) => `${ofUser.has(feature) ? 'ou' : 'o'}:${feature}`),
      ...sorted(entitled.user)
        .filter((feature) => !ofOrganization.includes(feature))
        .map((feature) => `u:${feature}`),
    ].join(),
    per: actions.join(),
    fpm: masks.join(),
  };
}

const custom = (permissions: readonly string[]) =>
  permissions.filter((key) => !SYSTEM_PERMISSION.test(key) && key.split(':').length === 3);

const sorted = (texts: readonly string[]) => [...new Set(texts)].sort();
