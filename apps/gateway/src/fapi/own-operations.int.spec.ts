import { send, useLatchkey } from '@latchkey/testing';
import { useGateway } from '../testing/use-gateway.js';

const HOST = { host: 'clerk.shop.example' };
const { owner, fapi, bapi } = useGateway();
const whole = useLatchkey();
beforeAll(() => owner.addInstance('ins_prod', 'production', HOST.host, 'sk_live_1'));

describe('FAPI getHealth', () => {
  it('answers at any host, for probes know no instance', async () => {
    const answer = await fapi({ path: '/v1/health', headers: { host: '10.0.0.7' } });
    expect(answer.status).toBe(200);
    expect(answer.json()).toEqual({ status: 'healthy' });
  });
});

describe('FAPI getProxyHealth', () => {
  const proxied = {
    host: 'gateway.internal',
    'clerk-proxy-url': 'https://www.shop.example/__clerk',
    'x-forwarded-for': '203.0.113.9',
  };

  it('repeats the address that the proxy has told', async () => {
    const headers = { ...proxied, 'clerk-secret-key': 'sk_live_1' };
    const answer = await fapi({ path: '/v1/proxy-health?domain_id=dmn_1', headers });
    expect(answer.json()).toEqual({ status: 'healthy', x_forwarded_for: '203.0.113.9' });
  });

  it('says that there is no proxy', async () => {
    const answer = await fapi({ path: '/v1/proxy-health?domain_id=dmn_1', headers: HOST });
    expect(answer.json()).toMatchObject({ status: 'unhealthy', message: expect.any(String) });
  });

  it('answers 401 to a proxy with another secret key', async () => {
    const headers = { ...proxied, 'clerk-secret-key': 'sk_live_2' };
    const answer = await fapi({ path: '/v1/proxy-health?domain_id=dmn_1', headers });
    expect(answer.status).toBe(401);
    expect(answer.json().errors[0].code).toBe('proxy_request_invalid_secret_key');
  });
});

describe('FAPI clearSiteData', () => {
  it('has the browser forget everything of this site', async () => {
    const answer = await fapi({ path: '/v1/clear-site-data', headers: HOST });
    expect(answer.status).toBe(200);
    expect(answer.headers['clear-site-data']).toBe('"*"');
  });
});

describe('BAPI GetPublicInterstitial', () => {
  it('answers without a key, and takes nothing of the query for HTML', async () => {
    const path = `/v1/public/interstitial?frontend_api=clerk.shop.example&publishable_key=${encodeURIComponent('"><script>')}`;
    const answer = await bapi({ path });
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(answer.text).toContain('src="https://clerk.shop.example/npm/@clerk/clerk-js@latest/dist/clerk.browser.js"');
    expect(answer.text).toContain('data-clerk-publishable-key="&quot;&gt;&lt;script&gt;"');
    // Opened as a page of BAPI's own, it runs no script of the host that the query names.
    expect(answer.headers['content-security-policy']).toMatch(/^sandbox; default-src 'none';/);
  });
});

describe('beside the services', () => {
  const { browser, bapi: server } = whole;

  it('answers for itself: getHealth, clearSiteData, GetPublicInterstitial', async () => {
    expect((await browser().get('/v1/health')).body).toEqual({ status: 'healthy' });
    expect((await browser().get('/v1/clear-site-data')).headers['clear-site-data']).toBe('"*"');
    expect((await server.get('/v1/public/interstitial?frontend_api=clerk.shop.example')).status).toBe(200);
  });

  it('knows a proxy by the secret key that it brings: getProxyHealth', async () => {
    const { fapiUrl, instance } = whole.at;
    const { status, body } = await send({
      method: 'GET',
      url: `${fapiUrl}/v1/proxy-health?domain_id=dmn_1`,
      headers: {
        'clerk-proxy-url': 'https://www.shop.example/__clerk',
        'clerk-secret-key': instance.secretKey,
        'x-forwarded-for': '203.0.113.9',
      },
    });

    expect([status, body]).toEqual([200, { status: 'healthy', x_forwarded_for: '203.0.113.9' }]);
  });
});
