import { handshakeCookie, handshakeDirectives, sessionDirectives, type CookieTarget } from './handshake-cookies.js';

const production: CookieTarget = {
  url: new URL('https://app.example.com/page'),
  isDevelopment: false,
  isProxied: false,
  suffix: 'abcd1234',
};
const session = { jwt: 'a.b.c', refreshToken: 'refresh', secondsLeft: 600 };
const names = (directives: string[]) => directives.map((text) => text.slice(0, text.indexOf('=')));

describe('handshakeDirectives', () => {
  it('writes every cookie in pairs, the session token last', () => {
    const directives = handshakeDirectives(production, { session, clientUat: 1_700_000_000 });

    expect(directives).toEqual([
      '__clerk_handshake=; Max-Age=0; Domain=example.com; Path=/; Secure; SameSite=Lax',
      '__clerk_handshake_nonce=; Max-Age=0; Domain=example.com; Path=/; Secure; SameSite=Lax',
      '__client_uat=1700000000; Max-Age=34560000; Domain=example.com; Path=/; Secure; SameSite=Lax',
      '__client_uat_abcd1234=1700000000; Max-Age=34560000; Domain=example.com; Path=/; Secure; SameSite=Lax',
      '__refresh_abcd1234=refresh; Max-Age=600; Path=/; HttpOnly; Secure; SameSite=Lax',
      '__session=a.b.c; Max-Age=31536000; Path=/; Secure; SameSite=Lax',
      '__session_abcd1234=a.b.c; Max-Age=31536000; Path=/; Secure; SameSite=Lax',
    ]);
  });

  it('takes all of them back when nobody is signed in', () => {
    const directives = handshakeDirectives(production, { session: null, clientUat: 0 });

    expect(directives).toContain('__client_uat=0; Max-Age=34560000; Domain=example.com; Path=/; Secure; SameSite=Lax');
    expect(directives).toContain('__refresh_abcd1234=; Max-Age=0; Path=/; HttpOnly; Secure; SameSite=Lax');
    expect(directives.at(-1)).toBe('__session_abcd1234=; Max-Age=0; Path=/; Secure; SameSite=Lax');
  });

  it('carries the development browser, and no domain for an address', () => {
    const target = { ...production, url: new URL('http://localhost:3000'), isDevelopment: true };
    const directives = handshakeDirectives(target, { session, clientUat: 5, devBrowserToken: 'x.y.z' });

    expect(directives).toContain('__clerk_db_jwt=x.y.z; Max-Age=31536000; Path=/; SameSite=Lax');
    expect(directives).toContain('__clerk_db_jwt_abcd1234=x.y.z; Max-Age=31536000; Path=/; SameSite=Lax');
    expect(directives).toContain('__client_uat=5; Max-Age=34560000; Path=/; SameSite=Lax');
    expect(directives.join()).not.toContain('Secure');
  });

  it('writes the plain names alone when the app knows no others', () => {
    const directives = handshakeDirectives({ ...production, suffix: undefined }, { session, clientUat: 5 });

    expect(names(directives)).toEqual(['__clerk_handshake', '__clerk_handshake_nonce', '__client_uat', '__session']);
  });

  it('gives no domain behind a proxy, nor one that strangers share', () => {
    const state = { session, clientUat: 5 };
    const shared = { ...production, url: new URL('https://mine.vercel.app') };

    expect(handshakeDirectives({ ...production, isProxied: true }, state).join()).not.toContain('Domain');
    expect(handshakeDirectives(shared, state).join()).toContain('Domain=mine.vercel.app');
  });
});

describe('handshakeCookie', () => {
  it('lives for a minute on the site that app and FAPI share', () => {
    expect(handshakeCookie(production, '__clerk_handshake_nonce', 'n')).toBe(
      '__clerk_handshake_nonce=n; Max-Age=60; Domain=example.com; Path=/; Secure; SameSite=Lax',
    );
  });
});

describe('sessionDirectives', () => {
  it('ends with the suffixed one', () => {
    expect(names(sessionDirectives(production, 'a.b.c'))).toEqual(['__session', '__session_abcd1234']);
  });
});
