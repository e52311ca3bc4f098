import { useLatchkey } from '@latchkey/testing';

const { bapi, browser } = useLatchkey({ env: { GATEWAY_RATE_LIMITS: 'on' } });

const SIGN_INS = '/v1/client/sign_ins';

describe('BAPI CreateTestingToken', () => {
  it('makes a token with which a browser is spared the limits', async () => {
    const { status, body } = await bapi.post('/v1/testing_tokens');
    expect(status).toBe(200);
    expect(body).toMatchObject({ object: 'testing_token', token: expect.any(String) });
    expect(body.expires_at).toBeGreaterThan(Date.now() / 1000 + 3500);
    expect(body.expires_at).toBeLessThan(Date.now() / 1000 + 3700);

    const statuses = async (query: Record<string, string>) => {
      const seen = [];
      const chrome = browser();
      for (let i = 0; i < 8; i++) seen.push((await chrome.post(SIGN_INS, {}, query)).status);
      return seen;
    };

    expect(await statuses({ __clerk_testing_token: body.token })).not.toContain(429);
    expect(await statuses({})).toContain(429);
    expect(await statuses({ __clerk_testing_token: 'nonsense' })).toContain(429);
  });
});
