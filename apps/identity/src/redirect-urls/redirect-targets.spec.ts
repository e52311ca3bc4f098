import { isListable, judgeRedirect, type RedirectRules } from './redirect-targets.js';

const rules: RedirectRules = {
  isDevelopment: false,
  ownUrls: ['https://clerk.example.com', 'https://accounts.example.com', 'http://127.0.0.1:4000'],
  allowedOrigins: ['https://partner.test', 'capacitor://localhost'],
  listed: ['myapp://callback', 'https://elsewhere.test/back'],
};

describe('judgeRedirect', () => {
  it.each([
    ['https://example.com/after?x=1', 'allowed'],
    ['https://app.example.com', 'allowed'],
    ['http://127.0.0.1:3000/', 'allowed'],
    ['https://partner.test/any/page', 'allowed'],
    ['https://elsewhere.test/back', 'allowed'],
    ['myapp://callback', 'allowed'],
    ['https://elsewhere.test/other', 'foreign'],
    ['https://partner.test:8443/', 'foreign'],
    ['http://example.com/', 'foreign'],
    ['http://clerk.example.com/', 'foreign'],
    ['https://example.com.evil.test/', 'foreign'],
    ['https://evil-example.com/', 'foreign'],
    ['myapp://other', 'foreign'],
    ['https://example.com@evil.test/', 'prohibited'],
    ['javascript:alert(1)//https://example.com', 'prohibited'],
    ['data:text/html,x', 'prohibited'],
    ['//evil.test', 'invalid'],
    ['/relative', 'invalid'],
    ['', 'invalid'],
  ] as const)('judges %p: %s', (url, verdict) => {
    expect(judgeRedirect(url, rules)).toBe(verdict);
  });

  it.each([
    ['http://localhost:3000/', 'allowed'],
    ['https://anything.test/', 'allowed'],
    ['javascript:alert(1)', 'prohibited'],
    ['otherapp://callback', 'foreign'],
  ] as const)('judges in development %p: %s', (url, verdict) => {
    expect(judgeRedirect(url, { ...rules, isDevelopment: true })).toBe(verdict);
  });

  it('takes neighbours on a shared host for strangers', () => {
    const shared = { ...rules, ownUrls: ['https://mine.vercel.app'] };

    expect(judgeRedirect('https://mine.vercel.app/x', shared)).toBe('allowed');
    expect(judgeRedirect('https://yours.vercel.app/x', shared)).toBe('foreign');
  });
});

describe('isListable', () => {
  it.each([
    ['https://my-app.com/oauth-callback', true],
    ['my-app://oauth-callback', true],
    ['javascript:alert(1)', false],
    ['no url', false],
  ])('says of %p: %p', (url, verdict) => {
    expect(isListable(url)).toBe(verdict);
  });
});
