import { cookieSuffix, frontendApiOf, publishableKey } from './publishable-key.js';

describe('publishableKey', () => {
  it('encodes kind and host without padding, and is read back', () => {
    expect(publishableKey('production', 'clerk.example.com')).toBe('pk_live_Y2xlcmsuZXhhbXBsZS5jb20k');
    expect(publishableKey('development', '127.0.0.1:4000')).toBe('pk_test_MTI3LjAuMC4xOjQwMDAk');
    expect(frontendApiOf('pk_test_MTI3LjAuMC4xOjQwMDAk')).toBe('127.0.0.1:4000');
  });

  it.each(['pk_live_', 'sk_test_MTI3LjAuMC4xOjQwMDAk', 'pk_test_bG9jYWxob3N0JA', 'pk_test_a_b'])(
    'finds no host in %s',
    (key) => {
      expect(frontendApiOf(key)).toBeUndefined();
    },
  );
});

describe('cookieSuffix', () => {
  it('is what the SDKs derive', () => {
    expect(cookieSuffix('pk_live_Y2xlcmsuZXhhbXBsZS5jb20k')).toBe('naoXFJnI');
    expect(cookieSuffix('pk_test_MTI3LjAuMC4xOjQwMDAk')).toBe('X-99I1TU');
  });
});
