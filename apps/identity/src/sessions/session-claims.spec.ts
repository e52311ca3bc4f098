import { ageMinutes, encodePermissions, sessionClaims, type TokenFrame, type TokenSubject } from './session-claims.js';

const subject: TokenSubject = {
  id: 'sess_1',
  userId: 'user_1',
  status: 'active',
  organizationId: 'org_1',
  actor: null,
  firstFactorAt: 1_000_000_000,
  secondFactorAt: null,
  reverificationId: null,
};
const frame: TokenFrame = {
  issuer: 'https://clerk.example.com',
  origin: 'https://example.com',
  jti: 'abc',
  issuedAt: 1_000_150,
  lifetime: 60,
  apiVersion: '2026-05-12',
  member: {
    organization: { id: 'org_1', slug: 'acme', name: 'Acme', image_url: '', public_metadata: {} },
    role: 'org:admin',
    permissions: ['org:docs:read', 'org:sys_memberships:read', 'org:docs:write'],
    membership: { public_metadata: {} },
  },
  custom: {},
};

describe('encodePermissions', () => {
  it('packs the worked example', () => {
    const permissions = [
      'org:docs:read',
      'org:docs:write',
      'org:docs:delete',
      'org:invoices:read',
      'org:reports:export',
    ];
    const entitled = { organization: ['docs', 'invoices', 'reports'], user: ['beta'] };

    expect(encodePermissions(permissions, entitled)).toEqual({
      fea: 'o:docs,o:invoices,o:reports,u:beta',
      per: 'delete,export,read,write',
      fpm: '13,4,2',
    });
  });

  it('names features without entitlement, and gives 0 for those without a permission', () => {
    expect(encodePermissions(['org:posts:read'], { organization: ['billing'], user: [] })).toEqual({
      fea: 'o:billing,o:posts',
      per: 'read',
      fpm: '0,1',
    });
  });

  it('marks a feature of both, and puts those of the user alone last', () => {
    expect(encodePermissions(['org:zeta:read'], { organization: [], user: ['alpha', 'zeta'] }).fea).toBe(
      'ou:zeta,u:alpha',
    );
  });

  it('leaves system permissions out', () => {
    expect(encodePermissions(['org:sys_memberships:manage'])).toEqual({ fea: '', per: '', fpm: '' });
  });

  it('keeps every bit of more actions than a number holds', () => {
    const keys = Array.from({ length: 70 }, (_, index) => `org:docs:a${String(index).padStart(2, '0')}`);

    expect(encodePermissions(keys).fpm).toBe(String(2n ** 70n - 1n));
  });
});

describe('sessionClaims', () => {
  it('has version 2 of the claims', () => {
    expect(sessionClaims(subject, frame)).toEqual({
      azp: 'https://example.com',
      exp: 1_000_210,
      fea: 'o:docs',
      fva: [2, -1],
      iat: 1_000_150,
      iss: 'https://clerk.example.com',
      jti: 'abc',
      nbf: 1_000_140,
      o: { id: 'org_1', slg: 'acme', rol: 'admin', per: 'read,write', fpm: '3' },
      sid: 'sess_1',
      sts: 'active',
      sub: 'user_1',
      v: 2,
    });
  });

  it('has version 1 for older callers', () => {
    const claims = sessionClaims(subject, { ...frame, apiVersion: '2025-03-12' });

    expect(claims).toMatchObject({
      org_id: 'org_1',
      org_slug: 'acme',
      org_role: 'org:admin',
      org_permissions: ['org:docs:read', 'org:docs:write'],
    });
    expect(Object.keys(claims)).not.toEqual(expect.arrayContaining(['v', 'o', 'jti', 'sts']));
  });

  it('has no organization without a member, no azp without an origin, and act for who impersonates', () => {
    const actor = { sub: 'user_2', iss: 'https://dashboard' };
    const claims = sessionClaims({ ...subject, actor }, { ...frame, member: null, origin: 'null' });

    expect(claims).toMatchObject({ act: actor });
    expect(claims).not.toHaveProperty('o');
    expect(claims).not.toHaveProperty('azp');
  });

  it('lets no claim of the instance replace one of its own', () => {
    expect(sessionClaims(subject, { ...frame, custom: { sub: 'somebody', plan: 'gold' } })).toMatchObject({
      sub: 'user_1',
      plan: 'gold',
    });
  });

  it.each(['2026-05-12', '2025-03-12'] as const)('lets none stand in for one that is missing, in %s', (apiVersion) => {
    const forged = {
      act: { sub: 'user_2' },
      azp: 'https://elsewhere.example',
      fea: 'o:docs',
      o: { id: 'org_2', rol: 'admin' },
      org_id: 'org_2',
      org_permissions: ['org:docs:read'],
      org_role: 'org:admin',
      org_slug: 'other',
      pla: 'o:gold',
    };
    const bare = { ...frame, apiVersion, member: null, origin: undefined };

    const claims = sessionClaims(subject, { ...bare, custom: { ...forged, plan: 'gold' } });

    expect(claims).toEqual({ ...sessionClaims(subject, bare), plan: 'gold' });
  });
});

describe('ageMinutes', () => {
  it.each([
    [null, -1],
    [1_000_000, 0],
    [1_000_000 - 59_999, 0],
    [1_000_000 - 60_000, 1],
    [1_000_500, 0],
  ])('is, for a proof at %p, %p', (at, minutes) => {
    expect(ageMinutes(at, 1_000_000)).toBe(minutes);
  });
});
