import { gunzipSync } from 'node:zlib';
import { useGateway } from '../testing/use-gateway.js';
import { BundlesService } from './bundles.service.js';

const { fapi } = useGateway();
const version = new BundlesService().version('@clerk/clerk-js');
const [major] = version.split('.');

describe('The SDK’s scripts', () => {
  it.each([`/npm/@clerk/clerk-js@${major}/dist/clerk.browser.js`, '/npm/@clerk/clerk-js@canary/dist/clerk.browser.js'])(
    'answer at %s for ten minutes',
    async (path) => {
      const answer = await fapi({ path });
      expect(answer.status).toBe(200);
      expect(answer.headers).toMatchObject({
        'content-type': 'application/javascript; charset=utf-8',
        'access-control-allow-origin': '*',
        'cache-control': 'public, max-age=600',
      });
      expect(answer.text).toContain('data-clerk-publishable-key');
    },
  );

  it('answer at their exact version for ever, below the key’s own path too, and only once', async () => {
    const path = `/accounts.dev/npm/@clerk/clerk-js@${version}/dist/clerk.browser.js`;
    const answer = await fapi({ path });
    expect(answer.headers['cache-control']).toBe('public, max-age=31536000, immutable');
    const again = await fapi({ path, headers: { 'if-none-match': String(answer.headers.etag) } });
    expect(again).toMatchObject({ status: 304, text: '' });
  });

  it('come compressed to whoever reads that', async () => {
    const path = `/npm/@clerk/clerk-js@${major}/dist/clerk.browser.js`;
    const plain = await fapi({ path });
    const answer = await fapi({ path, headers: { 'accept-encoding': 'gzip' } });
    expect(answer.headers).toMatchObject({ 'content-encoding': 'gzip', vary: 'Accept-Encoding' });
    expect(gunzipSync(answer.bytes).toString()).toBe(plain.text);
  });

  it('include the prebuilt components', async () => {
    expect((await fapi({ path: '/npm/@clerk/ui@1/dist/ui.browser.js' })).status).toBe(200);
  });

  it.each([
    '/npm/@clerk/clerk-js@5/dist/clerk.browser.js',
    `/npm/@clerk/clerk-js@${version}1/dist/clerk.browser.js`,
    `/npm/@clerk/clerk-js@${major}/dist/nothing.js`,
    `/npm/@clerk/clerk-js@${major}/dist/..%2Fpackage.json`,
    `/npm/@clerk/clerk-js@${major}/dist/%2e%2e/package.json`,
    '/npm/@clerk/backend@3/dist/index.js',
  ])('answer 404 at %s', async (path) => {
    const answer = await fapi({ path, headers: { origin: 'https://www.shop.example' } });
    expect(answer.status).toBe(404);
    expect(answer.json().errors[0].code).toBe('resource_not_found');
    expect(answer.headers['access-control-allow-origin']).toBeDefined();
  });
});
